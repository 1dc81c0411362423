import { type ColumnType, sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import type { ImportedRule, RuleOutcome, ScanClaim } from '../../../contract-imported.ts';

/** Read as the value, written as its text. */
type Json<Value> = ColumnType<Value, string, string>;

/** Table of results of OpenSCAP that people imported. */
export interface ImportedTables {
  readonly imported_result: {
    readonly id: string;
    /** One of both. */
    readonly host: string | null;
    readonly image: string | null;
    readonly claim: Json<ScanClaim>;
    readonly rules: Json<readonly ImportedRule[]>;
    readonly counts: Json<Readonly<Record<RuleOutcome, number>>>;
    /** Benchmark and profile: results of one series follow each other. */
    readonly series: string;
    readonly ended_at: Date;
    readonly file_name: string;
    readonly bytes: number;
    readonly sha256: string;
    /** The file, byte for byte, packed by zstd. */
    readonly file: Buffer;
    readonly imported_at: Date;
    readonly imported_by: string;
  };
}

export const importedTables: Migration = {
  async up(database) {
    await sql`
      create table explorer.imported_result (id uuid primary key, host text collate "C", image text collate "C",
        claim json not null, rules json not null, counts json not null, series text not null,
        ended_at timestamptz not null, file_name text not null, bytes integer not null, sha256 text not null,
        file bytea not null, imported_at timestamptz not null, imported_by text not null,
        check ((host is null) <> (image is null)));
      create index imported_result_of_host on explorer.imported_result (host, series, ended_at desc);
      create index imported_result_of_image on explorer.imported_result (image, series, ended_at desc);
      create index imported_result_by_time on explorer.imported_result (ended_at desc, id)`.execute(database);
  },
};
