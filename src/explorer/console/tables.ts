import type { ColumnType, GeneratedAlways } from 'kysely';
import type { ScanId, SubjectId } from '#base/index.ts';
import type { PackageType } from '#catalog/index.ts';
import type { Selectable as CollectionSelectable } from '#access/index.ts';
import type { VerdictKind } from '#policy/index.ts';
import type { Finding, RunningContext } from '#vulnerability/index.ts';
import type { ImportedTables } from './evidence/imported/schema-imported.ts';
import type { EvidenceTables } from './evidence/schema-evidence.ts';
import type { ApplicationRow, ImageState, PackageRow, SeverityCounts, TrendPoint } from '../contract.ts';

/** A JSON column: read as the value, written as its text. */
type Json<Value> = ColumnType<Value, string, string>;

/** An environment by its name, `''` for what is in none or nowhere, `*` for all together. */
export type EnvironmentKey = string;

/** Number that stands for a subject in tables with a row for each finding. */
export type ImageNumber = number;

/** One for each scanned subject: what holds wherever it lies. */
export interface ImageTable {
  readonly number: ImageNumber;
  readonly subject: SubjectId;
  readonly kind: 'image' | 'file-system';
  /** The shown scan. */
  readonly scan: ScanId;
  /** The one that findings and packages come from; an older one while the other is not matched. */
  readonly content_scan: ScanId;
  /** Up to which version of that scan's matching they are brought; 0: not known. */
  readonly content_version: number;
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
  /** Index of its worst severity in `severities`. */
  readonly impact: number | null;
  readonly faults: number;
  /** What a verdict waits for. */
  readonly reason: string | null;
  /** Name of the job that built it. */
  readonly job: string | null;
  /** The build of that job, as people search for it; missing in rows that an earlier release wrote. */
  readonly build: string | null;
  readonly created: Date | null;
  /** What its build says that it belongs to. */
  readonly application: string | null;
  readonly labels: Json<Readonly<Record<string, string>>>;
  readonly differs: boolean;
  readonly scanned_at: Date;
}

/** An image in one environment: where `environment` is `*`, in all of them. */
export interface ImageEnvironmentTable {
  readonly image: ImageNumber;
  readonly environment: EnvironmentKey;
  readonly hosts: number;
  /** Running ones. */
  readonly containers: number;
  readonly verdict: VerdictKind | null;
  readonly state: ColumnType<ImageState, never, never>;
  readonly reason: string | null;
  readonly judged_at: Date | null;
  readonly worst: number | null;
  /** Risk sum of all its findings (`seawall-risk/1`). */
  readonly risk_sum: number;
  /** In which its findings are judged; none for `*`. */
  readonly contexts: Json<readonly RunningContext[]>;
}

/** A finding whichever images hold it; `key` is a digest of all it says. */
export interface FindingTable {
  readonly key: string;
  /** Digest of id, package and type. */
  readonly vulnerability: string;
  readonly id: string;
  readonly package: string;
  readonly type: PackageType;
  readonly installed: string;
  readonly fixed: string | null;
  /** Index in `severities`; 0 is the worst. */
  readonly severity: number;
  readonly score: number | null;
  readonly epss: number | null;
  readonly kev: boolean;
  readonly layer: number;
  readonly purl: string;
  /** Digest of what one upgrade changes: type, package, version, layer. */
  readonly component: string;
  readonly suppressed: boolean;
  /** Hundredths of a point that hold wherever the image runs. */
  readonly rest: number;
  readonly vectors: number;
  /** Id, aliases, deciding advisory and package, lower case, one a line. */
  readonly search: string;
  readonly document: Json<Finding>;
}

/** A finding of one image in one environment, as wide as order and filters need. */
interface FindingEnvironmentTable {
  readonly image: ImageNumber;
  readonly environment: EnvironmentKey;
  readonly key: string;
  readonly vulnerability: string;
  readonly severity: number;
  readonly suppressed: boolean;
  readonly kev: boolean;
  readonly fixable: boolean;
  readonly in_use: boolean;
  readonly risk: number;
}

/** `finding_environment` summed up over images, for those that count and those that are suppressed apart. */
export interface VulnerabilityTable {
  readonly environment: EnvironmentKey;
  readonly vulnerability: string;
  readonly suppressed: boolean;
  readonly id: string;
  readonly package: string;
  readonly type: PackageType;
  readonly severity: number;
  readonly score: number | null;
  readonly risk: number;
  readonly epss: number | null;
  readonly kev: boolean;
  readonly fixable: boolean;
  readonly fixes: readonly string[];
  readonly installed: readonly string[];
  readonly images: number;
  readonly findings: number;
  /** Images that a container runs. */
  readonly running: number;
  readonly containers: number;
  /** Findings in packages that are in use. */
  readonly used: number;
  readonly in_use: ColumnType<boolean, never, never>;
}

/** What is to be added to the sums of a vulnerability: one row for each change of an image. */
export interface VulnerabilityDeltaTable {
  readonly environment: EnvironmentKey;
  readonly vulnerability: string;
  readonly suppressed: boolean;
  /** The finding that came, went or weighs otherwise; null for what concerns all that the image has of the vulnerability. */
  readonly key: string | null;
  readonly findings: number;
  readonly used: number;
  readonly images: number;
  readonly running: number;
  readonly containers: number;
}

/** Everything that the pages read, as Kysely sees it. */
export interface ExplorerTables extends EvidenceTables, ImportedTables {
  /** Kept for ever: numbers of images, and when each was first known. */
  readonly image_number: {
    readonly subject: SubjectId;
    readonly number: GeneratedAlways<ImageNumber>;
    readonly at: Date;
  };
  readonly image_row: ImageTable;
  readonly image_environment: ImageEnvironmentTable;
  readonly finding: FindingTable;
  readonly finding_environment: FindingEnvironmentTable;
  /** Findings of an image in an environment by what filters ask for. */
  readonly finding_count: Pick<
    FindingEnvironmentTable,
    'environment' | 'image' | 'suppressed' | 'severity' | 'kev' | 'fixable' | 'in_use'
  > & { readonly type: PackageType; readonly count: number };
  readonly finding_seen: { readonly image: ImageNumber; readonly vulnerability: string; readonly at: Date };
  /** Vulnerabilities of an image that came and went on one day, in UTC. */
  readonly finding_day: {
    readonly day: string;
    readonly image: ImageNumber;
    readonly came: number;
    readonly went: number;
  };
  readonly vulnerability: VulnerabilityTable;
  /** How many images hold each of the findings that a vulnerability has in an environment. */
  readonly vulnerability_finding: Pick<
    FindingEnvironmentTable,
    'vulnerability' | 'environment' | 'suppressed' | 'key'
  > & {
    readonly images: number;
  };
  readonly vulnerability_delta: VulnerabilityDeltaTable;
  /** What is to be added to the risk sums of upgrades. */
  readonly upgrade_delta: { readonly upgrade: string; readonly environment: EnvironmentKey; readonly risk_sum: number };
  /** Upgrades whose sums must be made again. */
  readonly dirty_upgrade: { readonly upgrade: string };
  readonly package_row: {
    readonly image: ImageNumber;
    readonly position: number;
    readonly type: PackageType;
    readonly layer: number;
    readonly purl: string;
    readonly search: string;
    readonly package: Json<Omit<PackageRow, 'counts' | 'inUse'>>;
  };
  readonly used_package: {
    readonly image: ImageNumber;
    readonly environment: EnvironmentKey;
    readonly purl: string;
    readonly layer: number;
    readonly seen: Date;
  };
  /** Digest of the used files and packages that `used_package` was made from. */
  readonly use_read: { readonly image: ImageNumber; readonly content: string };
  /** One for each upgrade of an image that a fix is known for. */
  readonly upgrade_row: {
    readonly image: ImageNumber;
    readonly component: string;
    /** Digest of package, type and version. */
    readonly upgrade: string;
    readonly package: string;
    readonly type: PackageType;
    readonly installed: string;
    readonly to_version: string;
    readonly removes: number;
    readonly worst: number;
  };
  /** Risk sum of the findings of a component that count, and of those of them without a fix. */
  readonly component_environment: {
    readonly image: ImageNumber;
    readonly component: string;
    readonly environment: EnvironmentKey;
    readonly worst: number;
    readonly risk_sum: number;
    readonly remaining: number;
  };
  readonly upgrade: UpgradeTable;
  /** `content` is a digest of what the host says, to see whether anything changed. */
  readonly host_row: {
    readonly host: string;
    readonly environment: string;
    readonly stale: boolean;
    readonly content: string;
  };
  readonly presence_row: {
    readonly subject: SubjectId;
    readonly host: string;
    readonly environment: string;
    readonly names: readonly string[];
  };
  /** Running ones. */
  readonly container_row: {
    readonly subject: SubjectId;
    readonly host: string;
    readonly id: string;
    readonly name: string;
    readonly environment: string;
    readonly application: string | null;
  };
  readonly unscanned_row: {
    readonly host: string;
    readonly position: number;
    readonly name: string;
    readonly code: string;
    readonly reason: string;
  };
  /** Each application's name as it was first written; `key` is the same for every case. */
  readonly application_name: { readonly key: string; readonly name: string };
  readonly application_row: {
    readonly name: string;
    readonly subject: SubjectId;
    readonly origin: ApplicationRow['from'];
  };
  readonly subject_selectable: {
    readonly subject: SubjectId;
    readonly selectables: Json<readonly CollectionSelectable[]>;
  };
  readonly collection_subject: { readonly collection: string; readonly subject: SubjectId };
  readonly trend_point: { readonly environment: EnvironmentKey; readonly at: Date; readonly point: Json<TrendPoint> };
}

/** `upgrade_row` summed up over images. */
export interface UpgradeTable {
  readonly environment: EnvironmentKey;
  readonly upgrade: string;
  readonly package: string;
  readonly type: PackageType;
  readonly to_version: string;
  readonly installed: readonly string[];
  readonly removes: number;
  readonly images: number;
  readonly worst: number;
  readonly risk_sum: number;
}
