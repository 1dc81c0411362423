import type { ColumnType } from 'kysely';
import type { ScanId, SubjectId } from '#base/index.ts';
import type { PackageType } from '#catalog/index.ts';
import type { VerdictKind } from '#policy/index.ts';
import type { Finding } from '#vulnerability/index.ts';
import type { ImageDetail, ImageState, PackageRow, SeverityCounts } from '../contract.ts';

/** A JSON column: read as the value, written as its text. */
type Json<Value> = ColumnType<Value, string, string>;

/** What an image's page shows besides its row, kept as it is shown. */
export type ImageDocument = Omit<ImageDetail, 'row'>;

/** One for each subject. */
export interface ImageTable {
  readonly subject: SubjectId;
  readonly kind: 'image' | 'file-system';
  readonly scan: ScanId;
  /** Names that the newest scan gives; hosts may know more. */
  readonly own_names: readonly string[];
  readonly names: readonly string[];
  readonly hosts: readonly string[];
  /** What to call it in one word. */
  readonly label: string;
  /** Names and digest, lower case, one a line: where a search for findings looks. */
  readonly name_search: string;
  /** The same with hosts and distribution: where a search for images looks. */
  readonly search: string;
  readonly distribution: string | null;
  readonly platform: string | null;
  readonly size: number;
  readonly packages: number;
  readonly counts: Json<SeverityCounts>;
  readonly faults: number;
  readonly verdict: VerdictKind | null;
  readonly state: ColumnType<ImageState, never, never>;
  readonly reason: string | null;
  readonly worst: number | null;
  /** Risk mass of all its findings (`seawall-risk/1`). */
  readonly mass: number;
  readonly scanned_at: Date;
  readonly judged_at: Date | null;
}

/** One for each finding, as wide as filters and order need; `key` is a digest of the finding. */
export interface FindingTable {
  readonly subject: SubjectId;
  readonly key: string;
  readonly id: string;
  readonly package: string;
  readonly type: PackageType;
  readonly installed: string;
  readonly fixed: string | null;
  /** Place in `severities`; 0 is the worst. */
  readonly severity: number;
  readonly score: number | null;
  readonly risk: number;
  readonly epss: number | null;
  readonly kev: boolean;
  readonly layer: number;
  readonly suppressed: boolean;
  /** Id, aliases and package, lower case, one a line. */
  readonly search: string;
}

/** `finding_row` summed up over all subjects, for those that count and those that are suppressed apart. */
export interface FlawTable {
  readonly id: string;
  readonly package: string;
  readonly type: PackageType;
  readonly suppressed: boolean;
  readonly severity: number;
  readonly score: number | null;
  readonly risk: number;
  readonly epss: number | null;
  readonly kev: boolean;
  readonly fixes: readonly string[];
  readonly installed: readonly string[];
  readonly images: number;
  readonly findings: number;
  readonly search: string;
}

/** One for each upgrade of a subject that a fix is known for. */
interface UpgradeTable {
  readonly subject: SubjectId;
  readonly place: number;
  readonly package: string;
  readonly type: PackageType;
  readonly installed: string;
  readonly to_version: string;
  readonly removes: number;
  readonly worst: number;
  readonly mass: number;
}

/** Everything that the pages read, as Kysely sees it. */
export interface ExplorerTables {
  readonly image_row: ImageTable;
  readonly image_document: { readonly subject: SubjectId; readonly document: Json<ImageDocument> };
  readonly finding_row: FindingTable;
  readonly finding_document: { readonly subject: SubjectId; readonly key: string; readonly finding: Json<Finding> };
  readonly flaw: FlawTable;
  readonly package_row: {
    readonly subject: SubjectId;
    /** Order in which packages are shown. */
    readonly place: number;
    readonly type: PackageType;
    readonly layer: number;
    readonly search: string;
    readonly package: Json<PackageRow>;
  };
  readonly upgrade_row: UpgradeTable;
  /** Digest of what a host holds, to see whether anything changed. */
  readonly host_row: { readonly host: string; readonly content: string };
  readonly presence_row: { readonly host: string; readonly subject: SubjectId; readonly names: readonly string[] };
  readonly unscanned_row: {
    readonly host: string;
    readonly place: number;
    readonly name: string;
    readonly code: string;
    readonly reason: string;
  };
}
