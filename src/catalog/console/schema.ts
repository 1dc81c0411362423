import { type ColumnType, type GeneratedAlways, sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import type { ScanId, SubjectId } from '#base/index.ts';
import type { Subject } from '#image/index.ts';
import type { DomainSchema } from '#store/index.ts';
import type { Catalog, Job, ScanPublication } from '../contract.ts';
import type { Witness } from './witness.ts';

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
    readonly witness: Json<Witness>;
    /** The same for everything that one witness publishes. Null: not known. */
    readonly witness_key: string | null;
    /** Those that read it, by id: tells whether a newer one would see more. */
    readonly analyzers: Json<Catalog['analyzers']>;
    readonly packages: number;
    readonly faults: number;
    /** Subject and catalog as published: zstd of JSON, see `document.ts`. */
    readonly document: Buffer;
    /** Executables as published, packed as `document` is. Null: the scan did not look at them. */
    readonly executables: Buffer | null;
    readonly application: string | null;
    /** Of the job, to find builds by. */
    readonly job_name: string | null;
    /** Of the image, as the publication names it. */
    readonly repositories: readonly string[];
    /** Digests of the manifest and index by which the scanner found the image, each read and checked. */
    readonly aliases: readonly string[];
    /** Scans of one subject with the same basis (analyzers, kinds of faults) must have the same content. Null: unknown. */
    readonly basis: string | null;
    readonly content: string | null;
  };
  /** The scan that speaks for a subject; subjects for which none may are missing. */
  readonly voice: {
    readonly subject: SubjectId;
    readonly scan: ScanId;
  };
  /** Two contents that witnesses reported of one image. */
  readonly disagreement: {
    readonly subject: SubjectId;
    readonly content: string;
    readonly other_content: string;
    readonly scan: ScanId;
    readonly other_scan: ScanId;
    /** Package URLs that only one of them holds, the first of them. */
    readonly differs: Json<readonly string[]>;
  };
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
  },
};
