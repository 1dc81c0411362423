import { type ColumnType, sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import type { RuleTables } from '#rules/console/index.ts';
import type { DomainSchema } from '#store/index.ts';
import type { CheckSubjectKind, CustomCheckText, StoredResult } from '../contract.ts';
import { type RunTables, timesAndStops } from './run-tables.ts';

/** Read as the value, written as its text. `jsonb` would refuse characters that a name may hold. */
type Json<Value> = ColumnType<Value, string, string>;

export interface ComplianceTables extends RuleTables, RunTables {
  /** A document by the hash of its text; equal ones of many subjects are one. */
  readonly document: {
    readonly hash: string;
    readonly text: string;
    /** When a host reported it as something new to that host. */
    readonly seen_at: Date;
  };
  /** Documents that belong together, by the hash of their kinds and hashes: what results hang on. */
  readonly facts: {
    readonly id: string;
    readonly kind: CheckSubjectKind;
    readonly documents: Json<readonly FactsDocument[]>;
    /** Digest of the checks and lists that gave the results; null: not evaluated yet. */
    readonly evaluation: string | null;
    /** When that was; null: never, or before this was noted. */
    readonly evaluated_at: Date | null;
    /** When time alone changed the results; null: it has not. */
    readonly changed_at: Date | null;
    readonly seen_at: Date;
  };
  readonly result: {
    readonly facts: string;
    readonly check_id: string;
    /** As the checks say; exceptions and time are looked at where it is read. */
    readonly state: Exclude<StoredResult['state'], 'excepted'>;
    readonly folded: boolean;
    readonly body: Json<StoredResult>;
  };
  /** Every version of a check that was written here; the newest is in force. */
  readonly custom_check: {
    readonly id: string;
    readonly version: number;
    /** null: it was deleted. */
    readonly body: ColumnType<CustomCheckText | null, string | null, never>;
    readonly saved_at: Date;
    readonly saved_by: string;
  };
  /** What a host reported of a subject last. */
  readonly subject: {
    readonly host: string;
    readonly kind: CheckSubjectKind;
    readonly id: string;
    readonly name: string;
    readonly facts: string;
    /** UTF-16 units of its documents. */
    readonly size: number;
    /** What held before `since`; null: these are its first. */
    readonly facts_before: string | null;
    readonly since: Date;
    readonly reported_at: Date;
    readonly reported_by: string;
  };
  /** Every version of an operator's list; the newest is in force. */
  readonly operator_list: {
    readonly id: string;
    readonly version: number;
    /** null: back to what is shipped. */
    readonly entries: Json<readonly string[]> | null;
    readonly saved_at: Date;
    readonly saved_by: string;
  };
}

export interface FactsDocument {
  readonly kind: string;
  readonly hash: string;
}

const tables: Migration = {
  async up(database) {
    await sql`
      create table document (hash text primary key, text text not null, seen_at timestamptz not null);
      create table facts (id text primary key, kind text not null, documents json not null, evaluation text,
        seen_at timestamptz not null);
      create index facts_by_evaluation on facts (evaluation);
      create table result (facts text not null references facts on delete cascade, check_id text not null,
        state text not null, folded boolean not null, body json not null, primary key (facts, check_id));
      create index result_by_check on result (check_id, state) include (facts, folded);
      create table subject (host text not null, kind text not null, id text not null, name text not null,
        facts text not null, size integer not null, facts_before text, since timestamptz not null, reported_at timestamptz not null,
        reported_by text not null, primary key (host, kind, id));
      create index subject_by_facts on subject (facts);
      create table rule (id text not null, version integer not null, rule json not null, saved_at timestamptz not null,
        saved_by text, primary key (id, version));
      create table place (id text primary key, position integer not null)`.execute(database);
  },
};

const customChecks: Migration = {
  async up(database) {
    await sql`
      create table custom_check (id text not null, version integer not null, body json,
        saved_at timestamptz not null, saved_by text not null, primary key (id, version))`.execute(database);
  },
};

const operatorLists: Migration = {
  async up(database) {
    await sql`
      create table operator_list (id text not null, version integer not null, entries json, saved_at timestamptz not null,
        saved_by text not null, primary key (id, version))`.execute(database);
  },
};

const timesOfEvaluation: Migration = {
  async up(database) {
    await sql`
      alter table facts add column evaluated_at timestamptz, add column changed_at timestamptz;
      create index facts_by_evaluated_at on facts (kind, evaluated_at)`.execute(database);
  },
};

export const complianceSchema: DomainSchema<ComplianceTables> = {
  name: 'compliance',
  migrations: {
    '0001-documents-and-results': tables,
    '0002-operator-lists': operatorLists,
    '0010-custom-checks': customChecks,
    '0012-times-of-evaluation': timesOfEvaluation,
    '0003-times-and-stops': timesAndStops,
  },
};
