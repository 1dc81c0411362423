import type { SubjectId } from '#base/index.ts';
import type { ScanPublication } from '#catalog/contract.ts';

/** Something on the host to scan. */
export interface ScanTarget {
  /** An engine's image, the host's own file system, or what the user named besides. */
  readonly kind: 'image' | 'host' | 'named';
  /** Changes when the content does. */
  readonly key: string;
  /** As `scan` takes it. */
  readonly reference: string;
  /** For people. */
  readonly name: string;
  /** Where it is known before it is opened. */
  readonly subject?: SubjectId;
  /** Whether its content is new since it was scanned, whatever the console has of it. */
  readonly hasChanged: boolean;
  /** Whether containers of it run: those come first. */
  readonly isRunning: boolean;
}

/** The host and the console as the scanner meets them. */
export interface ScanPorts {
  /** Everything to be scanned that is there now; nothing while the host was not looked at. */
  targets(): readonly ScanTarget[] | undefined;
  /** Which of these subjects the console wants. Throws when it does not answer. */
  wanted(subjects: readonly SubjectId[]): Promise<readonly SubjectId[]>;
  /** Whether this host itself needs what a scan finds in it, whatever the console has: what its containers may execute. */
  isNeeded(target: ScanTarget): boolean;
  /** Opens and reads it. Throws `AppError` with the reason when that cannot be. */
  scan(target: ScanTarget, signal: AbortSignal): Promise<ScanPublication>;
  /** Resolves when the console can get it. */
  publish(publication: ScanPublication, target: ScanTarget): Promise<void>;
}

/** How the scanner is doing. */
export type ScanNews =
  | { readonly kind: 'found'; readonly targets: number }
  | { readonly kind: 'scanning'; readonly target: ScanTarget; readonly done: number; readonly total: number }
  | { readonly kind: 'scanned'; readonly target: ScanTarget; readonly packages: number; readonly faults: number }
  | { readonly kind: 'failed'; readonly target: ScanTarget; readonly code: string; readonly reason: string }
  /** A failure that counts no more: it was scanned since, or is gone. */
  | { readonly kind: 'recovered'; readonly target: ScanTarget }
  | { readonly kind: 'idle'; readonly known: number; readonly unscanned: number };
