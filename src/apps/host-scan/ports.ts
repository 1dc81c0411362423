import type { SubjectId } from '#base/index.ts';
import type { HostReport } from '#inventory/contract.ts';
import type { HostScanNews } from './host-scan.ts';

/** Something on the host to scan. `key` changes when its content does. */
export interface Target {
  readonly key: string;
  /** As `scan` takes it. */
  readonly reference: string;
  /** For people. */
  readonly name: string;
  readonly names: readonly string[];
}

/** A target that is open and known by its identity. */
export interface Identified {
  readonly subject: SubjectId;
  scanAndPublish(): Promise<{ readonly packages: number; readonly faults: number }>;
  close(): Promise<void>;
}

/** The host and the console as the scanner meets them. */
export interface ScanPorts {
  readonly hostName: string;
  look(): Promise<{ readonly engine: HostReport['engine']; readonly targets: readonly Target[] }>;
  identify(target: Target): Promise<Identified>;
  isWanted(subject: SubjectId): Promise<boolean>;
  report(report: HostReport): Promise<void>;
  tell(news: HostScanNews): void;
}
