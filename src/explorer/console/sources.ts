import type { ScanId, SubjectId } from '#base/index.ts';
import type { Collection, Retention } from '#access/contract.ts';
import type { CountingRow, ScanRecord } from '#catalog/console/index.ts';
import type { PlacedVerdict, StoredVerdict } from '#policy/console/index.ts';
import type { Queries } from '#store/index.ts';
import type { MatchChange } from '#vulnerability/console/index.ts';
import type { ImageDetail } from '../contract.ts';
import type { ContainerGroup } from '../risk-in-context.ts';

/** A container that runs now. */
export interface RunningContainer {
  readonly id: string;
  readonly name: string;
  /** Missing: none, as with its host. */
  readonly environment?: string;
  readonly application?: string;
  /** What says so. */
  readonly applicationFrom?: 'label' | 'compose' | 'namespace';
  readonly labels: Readonly<Record<string, string>>;
}

/** A host that holds a subject. */
export interface PlacedOnHost {
  readonly host: string;
  readonly environment?: string;
  readonly names: readonly string[];
  readonly containers: readonly RunningContainer[];
}

/** What a host's own line and the list of unscanned targets need. */
export interface HostState {
  readonly environment?: string;
  readonly stale: boolean;
  readonly unscanned: readonly { readonly name: string; readonly code: string; readonly reason: string }[];
}

/** A file that a process had loaded. */
export interface UsedFile {
  readonly environment?: string;
  readonly file: string;
  readonly lastSeen: string;
}

/** What other domains say now, each asked through its face. All that the explorer knows comes from here. */
export interface EstateSources {
  placementsOf(queries: Queries, subject: SubjectId): Promise<readonly PlacedOnHost[]>;
  /** Groups of running containers with equal settings. */
  groupsOf(
    queries: Queries,
    subject: SubjectId,
  ): Promise<readonly (ContainerGroup & { readonly environment?: string })[]>;
  usedFiles(queries: Queries, subject: SubjectId): Promise<readonly UsedFile[]>;
  hostState(queries: Queries, host: string): Promise<HostState | undefined>;
  hostNames(queries: Queries): Promise<readonly string[]>;
  /** Every subject that was scanned or lies on a host. */
  subjects(queries: Queries): Promise<readonly SubjectId[]>;
  /** The scan of a subject that is shown, see `shownScan`; `undefined` while none may be. */
  shownScan(queries: Queries, subject: SubjectId): Promise<ScanRecord | undefined>;
  /** What the verdicts on these subjects say where they lie; and the verdicts on one with all their violations. */
  judgmentsOf(queries: Queries, subjects: readonly SubjectId[]): Promise<readonly PlacedVerdict[]>;
  verdictsOf(queries: Queries, subject: SubjectId): Promise<readonly StoredVerdict[]>;
  /** Scans of a subject that count. */
  countingOf(queries: Queries, subject: SubjectId): Promise<readonly CountingRow[]>;
  /** Why scans that might count do not. */
  silencedOf(
    queries: Queries,
    subject: SubjectId,
  ): Promise<ReadonlyMap<ScanId, NonNullable<ImageDetail['scans'][number]['silenced']>>>;
  /** What newer matchings found otherwise in scans than these versions; missing where not all is known. */
  matchChanges(
    queries: Queries,
    held: readonly { readonly scan: ScanId; readonly since: number }[],
  ): Promise<ReadonlyMap<ScanId, MatchChange>>;
  differencesOf(queries: Queries, subject: SubjectId): Promise<ImageDetail['differences']>;
  collections(queries: Queries): Promise<readonly Collection[]>;
  retention(queries: Queries): Promise<Pick<Retention, 'trendDays'>>;
}
