import { type ColumnType, sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import type { RuleTables } from '#rules/console/index.ts';
import type { DomainSchema } from '#store/index.ts';
import type { CheckSubjectKind, CustomCheckText, StoredResult } from '../contract.ts';
import {
  evidenceLog,
  evidenceProofs,
  logRestored,
  logSilences,
  logSnapshots,
  type LogTables,
} from './log/log-tables.ts';
import {
  brakesOfHosts,
  confirmedReach,
  imagesOfExceptions,
  layersOfImages,
  paceOfHosts,
  type RunTables,
  timesAndStops,
} from './run-tables.ts';

/** Read as the value, written as its text. `jsonb` would refuse characters that a name may hold. */
type Json<Value> = ColumnType<Value, string, string>;

export interface ComplianceTables extends RuleTables, RunTables, LogTables {
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
    /** How all checks stand; null: not evaluated yet. */
    readonly outcome: string | null;
    /** All results, packed; null: not evaluated yet. */
    readonly results: Buffer | null;
    /** When they were given last; null: never, or before this was noted. */
    readonly evaluated_at: Date | null;
    /** When time alone changed the results; null: it has not. */
    readonly changed_at: Date | null;
    readonly seen_at: Date;
  };
  /** How all checks stand, by the hash of that: facts that differ in what no check minds have one. */
  readonly outcome: {
    readonly id: string;
    readonly states: Json<Outcome>;
    /** When facts came to it last. */
    readonly seen_at: Date;
  };
  /** Results that fail or warn, once more: they are looked for by their checks. */
  readonly failing: {
    readonly facts: string;
    readonly check_id: string;
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
    /** Since when its host says something else that was not kept, for there was too much of it; null: all is kept. */
    readonly refused_at: Date | null;
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

/** How checks stand by facts alone, by their ids; exceptions and time are looked at where it is read. */
export type Outcome = Readonly<Record<string, CheckOutcome>>;

export interface CheckOutcome {
  readonly state: Exclude<StoredResult['state'], 'excepted'>;
  readonly version: number;
  /** Another failed check explains this one. */
  readonly folded?: true;
}

const tables: Migration = {
  async up(database) {
    await sql`
      create table document (hash text primary key, text text not null, seen_at timestamptz not null);
      create table facts (id text primary key, kind text not null, documents json not null, evaluation text,
        outcome text, results bytea, seen_at timestamptz not null);
      create index facts_by_evaluation on facts (evaluation);
      create index facts_by_outcome on facts (outcome);
      create table outcome (id text primary key, states json not null, seen_at timestamptz not null);
      create table failing (facts text not null references facts on delete cascade, check_id text not null,
        body json not null, primary key (facts, check_id));
      create index failing_by_check on failing (check_id);
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
    '0003-times-and-stops': timesAndStops,
    '0010-custom-checks': customChecks,
    '0011-confirmed-reach': confirmedReach,
    '0012-pace-of-hosts': paceOfHosts,
    '0013-images-of-exceptions': imagesOfExceptions,
    '0014-layers-of-images': layersOfImages,
    '0015-times-of-evaluation': timesOfEvaluation,
    '0016-brakes-of-hosts': brakesOfHosts,
    '0017-evidence-log': evidenceLog,
    '0018-evidence-proofs': evidenceProofs,
    '0019-log-snapshots': logSnapshots,
    '0020-log-silences': logSilences,
    '0021-log-restored': logRestored,
  },
};
