import { type ColumnType, type GeneratedAlways, sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import type { ScanId, SubjectId } from '#base/index.ts';
import type { Subject } from '#image/index.ts';
import type { DomainSchema } from '#store/index.ts';
import type { Catalog, Job, ScanPublication } from '../contract.ts';

/** Who published a scan; counts for an environment only where this witness is trusted. */
export interface Witness {
  readonly kind: 'user' | 'token';
  readonly id: string;
  readonly name: string;
}

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
    /** Those that read it, by id: tells whether a newer one would see more. */
    readonly analyzers: Json<Catalog['analyzers']>;
    readonly packages: number;
    readonly faults: number;
    /** Subject and catalog as published: zstd of JSON, see `document.ts`. */
    readonly document: Buffer;
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

export const catalogSchema: DomainSchema<CatalogTables> = {
  name: 'catalog',
  migrations: { '0001-scans': firstTables },
};
