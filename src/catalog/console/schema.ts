import { type ColumnType, type GeneratedAlways, sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import type { ScanId, SubjectId } from '#base/index.ts';
import type { Subject } from '#image/index.ts';
import type { DomainSchema } from '#store/index.ts';
import type { Catalog, Job, ScanPublication } from '../contract.ts';
import type { Contents, CountingReason, Rank, SilenceReason } from '../counting-scans.ts';
import type { Publisher } from './publisher.ts';
import { countingTables } from './schema-counting.ts';
import { type PublishedTable, publishedTable } from './schema-publications.ts';
import { redactedSubjects } from './schema-redacted.ts';

/**
 * A column of type `json`: read as the value, written as its text. `jsonb` would refuse the NUL characters and lone
 * surrogates that an image's labels and build steps may hold.
 */
type Json<Value> = ColumnType<Value, string, string>;

export interface CatalogTables {
  readonly subject: {
    readonly id: SubjectId;
    readonly kind: Subject['kind'];
    /** As the newest scan described it. */
    readonly document: Json<Subject>;
    readonly first_seen: Date;
    readonly last_seen: Date;
  };
  /** One row for each publication; nothing here is ever changed. */
  readonly scan: {
    readonly id: ScanId;
    /** Order in which the scans of a subject were stored. */
    readonly sequence: GeneratedAlways<number>;
    readonly subject: SubjectId;
    readonly target: string;
    readonly scanned_at: Date;
    readonly received_at: Date;
    readonly scanner: Json<ScanPublication['scanner']>;
    readonly job: ColumnType<Job | null, string | null, never>;
    /** Who published it: the publisher. The column keeps the name of release 0.1, and so does the next. */
    readonly witness: Json<Publisher>;
    /** Of the publisher, see `publisherKey`. */
    readonly witness_key: string | null;
    /** Those that read it, by id: tells whether a newer one would see more. */
    readonly analyzers: Json<Catalog['analyzers']>;
    readonly packages: number;
    readonly faults: number;
    /** The subject as this publisher describes it. Null: as the document has it. */
    readonly described: Json<Subject | null>;
    /** Of the row in `document` that holds what was found. Null: the two columns below do, as before release 0.2. */
    readonly content_digest: string | null;
    readonly document: Buffer | null;
    readonly executables: Buffer | null;
    readonly application: string | null;
    /** Of the job, to find builds by. */
    readonly job_name: string | null;
    /** Of the image, as the publication names it. */
    readonly repositories: readonly string[];
    /** Digests of the manifest and index by which the publisher says that it found the image. */
    readonly aliases: readonly string[];
    /** What each analyzer found. Null: not worked out yet, as of scans before release 0.2. */
    readonly contents: Json<Contents | null>;
    /** Whether every layer was read and checked. Null: not worked out yet. */
    readonly whole: boolean | null;
    /** Digest of the image's layers, by their content. Null: not worked out yet, or no image. */
    readonly layers: string | null;
  };
  /** What scans found, once for all that found the same. */
  readonly document: {
    /** See `documentDigest`. */
    readonly digest: string;
    /** Subject and catalog: zstd of JSON, see `document.ts`. */
    readonly document: Buffer;
    /** Executables, packed as `document` is. Null: the scans did not look at them. */
    readonly executables: Buffer | null;
  };
  readonly published: PublishedTable;
  /** Which scans count, see `countingScans`. */
  readonly counting_scan: {
    readonly subject: SubjectId;
    /** Empty: none. `*`: every one, until it is chosen for each after an upgrade. `+`: where it does not lie yet. */
    readonly environment: string;
    readonly scan: ScanId;
    readonly rank: Rank;
    readonly role: CountingReason;
  };
  /** Scans that count nowhere, of those that might, and why: in the environment on which the most depends. */
  readonly silenced_scan: {
    readonly scan: ScanId;
    readonly subject: SubjectId;
    readonly why: SilenceReason;
  };
  /** The scan whose names, labels and content pages show; subjects of which none may be shown are missing. */
  readonly shown_scan: {
    readonly subject: SubjectId;
    readonly scan: ScanId;
  };
  /** Scans that counted before scans were chosen by proof, and where. */
  readonly carried: {
    readonly subject: SubjectId;
    readonly scan: ScanId;
    /** Null: where the subject lies when it is first chosen. */
    readonly environments: readonly string[] | null;
  };
  /** Manifests and indexes of an image that this console read, or a host that holds the image. */
  readonly alias: {
    readonly digest: string;
    readonly subject: SubjectId;
    /** Where it is believed; empty: none. `*`: everywhere, because this console read the manifest itself. */
    readonly environment: string;
  };
  /** Two contents that publishers found in one image. */
  readonly difference: {
    readonly subject: SubjectId;
    /** Names the publishers and contents. */
    readonly pair: string;
    readonly scan: ScanId;
    readonly other_scan: ScanId;
    readonly settled_by: 'publishers' | 'pull';
    /** Package URLs of what only one of them holds, the first of them. */
    readonly differs: Json<readonly string[]>;
  };
  /** Analyzers by which scans were chosen last: other ones choose all anew. */
  readonly chosen_by: { readonly releases: string };
}

const firstTables: Migration = {
  async up(database) {
    await sql`
      create table catalog.subject (
        id text primary key,
        kind text not null check (kind in ('image', 'file-system')),
        document json not null,
        first_seen timestamptz not null,
        last_seen timestamptz not null
      )`.execute(database);
    await sql`
      create table catalog.scan (
        id uuid primary key,
        sequence bigint generated always as identity,
        subject text not null references catalog.subject (id),
        target text not null,
        scanned_at timestamptz not null,
        received_at timestamptz not null,
        scanner json not null,
        job json,
        witness json not null,
        analyzers json not null,
        packages integer not null,
        faults integer not null,
        document bytea not null
      )`.execute(database);
    await sql`alter table catalog.scan alter column document set storage external`.execute(database);
    await sql`create unique index scan_of_subject on catalog.scan (subject, sequence desc)`.execute(database);
  },
};

/** Scans published before spoke for their subjects whoever sent them; agents bring better ones. */
const witnessTables: Migration = {
  async up(database) {
    for (const statement of witnessStatements) await sql.raw(statement).execute(database);
  },
};

const witnessStatements = [
  `alter table catalog.scan
    add column application text,
    add column job_name text,
    add column witness_key text,
    add column repositories text[] not null default '{}',
    add column basis text,
    add column content text`,
  `create index scan_of_job on catalog.scan (job_name, sequence desc) where job_name is not null`,
  `create index scan_of_target on catalog.scan (target, sequence desc)`,
  `create index scan_of_repository on catalog.scan using gin (repositories)`,
  `create index scan_of_application on catalog.scan (application, sequence desc) where application is not null`,
  `create index scan_by_age on catalog.scan (received_at)`,
  `create table catalog.voice (
    subject text primary key references catalog.subject (id) on delete cascade,
    scan uuid not null unique references catalog.scan (id) on delete cascade
  )`,
  `insert into catalog.voice (subject, scan)
    select distinct on (subject) subject, id from catalog.scan order by subject, sequence desc`,
  `create table catalog.disagreement (
    subject text not null references catalog.subject (id) on delete cascade,
    content text not null,
    other_content text not null,
    scan uuid not null references catalog.scan (id) on delete cascade,
    other_scan uuid not null references catalog.scan (id) on delete cascade,
    differs json not null,
    primary key (subject, content, other_content)
  )`,
  `create index disagreement_of_scan on catalog.disagreement (scan)`,
  `create index disagreement_of_other_scan on catalog.disagreement (other_scan)`,
];

/** Apart from the document, which is read much more often. */
const executablesColumn: Migration = {
  async up(database) {
    await sql`alter table catalog.scan add column executables bytea`.execute(database);
    await sql`alter table catalog.scan alter column executables set storage external`.execute(database);
  },
};

/** Scans from before do not tell by which manifest they found their image. */
const aliasColumn: Migration = {
  async up(database) {
    await sql`alter table catalog.scan add column aliases text[] not null default '{}'`.execute(database);
    await sql`create index scan_of_alias on catalog.scan using gin (aliases)`.execute(database);
  },
};

export const catalogSchema: DomainSchema<CatalogTables> = {
  name: 'catalog',
  migrations: {
    '0001-scans': firstTables,
    '0002-witnesses': witnessTables,
    '0003-executables': executablesColumn,
    '0004-aliases': aliasColumn,
    '0005-counting-scans': countingTables,
    '0006-published': publishedTable,
    '0007-redacted-subjects': redactedSubjects,
  },
};
