import { type ColumnType, type Generated, sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import type { CheckException, CheckState, CheckSubjectKind, ComplianceStopFact } from '../contract.ts';
import type { RuleReach } from '../reach.ts';
import type { Status } from '../status.ts';

/** Read as the value, written as its text. */
type Json<Value> = ColumnType<Value, string, string>;

interface SubjectKeys {
  readonly host: string;
  readonly kind: CheckSubjectKind;
  readonly id: string;
}

/** Where a subject stood when something was written down of it. */
interface SubjectOfThatDay extends SubjectKeys {
  readonly name: string;
  readonly application: string | null;
  readonly environment: string | null;
}

/** How many containers a rule stopped on a host. */
export interface StoppedOnHost {
  readonly name: string;
  readonly containers: number;
}

/** Tables of how results go on in time, and of what is done about them. */
export interface RunTables {
  /** How all checks stand, by the hash of that: equal ones of many subjects are one. */
  readonly status: {
    readonly id: string;
    readonly states: Json<Status>;
    /** When a subject came to it, to half an hour. */
    readonly seen_at: Generated<Date>;
  };
  /** What was written down of a subject last. */
  readonly stands: SubjectOfThatDay & {
    readonly status: string;
    readonly facts: string;
    readonly silent: boolean;
    /** Digest of all that it was judged by. */
    readonly terms: string;
  };
  /** Rows are never changed; once they are sealed they have their place in the evidence log. */
  readonly transition: Omit<SubjectOfThatDay, 'kind'> & {
    /** Of a check's subject, or of what other domains answer about. */
    readonly kind: string;
    readonly source: 'checks' | 'answers';
    readonly sequence: Generated<number>;
    readonly observed_at: Date;
    readonly received_at: Date;
    readonly change: 'first' | 'changed' | 'ended';
    readonly check_id: string | null;
    readonly from_state: CheckState | null;
    readonly to_state: CheckState | null;
    /** How all checks stood after it; null: another row of the same look says it. */
    readonly status: string | null;
    /** Of a subject that was judged by them for the first time. */
    readonly checks: number | null;
    readonly facts: string | null;
    readonly silent: boolean;
    /** In the whole log; null: not sealed yet. */
    readonly position: Generated<number | null>;
    /** Position of the row before it of the same subject; null: not sealed yet, or there is none. */
    readonly before: Generated<number | null>;
  };
  /** Since when a check answers by a version. */
  readonly check_version: {
    readonly check_id: string;
    readonly version: number;
    readonly since: Date;
  };
  /** What people are told of now: one for each subject and rule, or for exceptions of it that ended. */
  readonly alert: SubjectKeys & {
    /** `rule ID`, or `exception`. */
    readonly source: string;
    readonly name: string;
    readonly rule_name: string;
    readonly effect: 'alert' | 'block';
    readonly checks: Json<readonly string[]>;
    readonly since: Date;
  };
  /** What a replay said of a rule that may stop containers, as somebody read it. */
  readonly confirmation: {
    readonly rule: string;
    readonly version: number;
    /** Versions of the checks that it blocks. */
    readonly checks: Json<Readonly<Record<string, number>>>;
    /** What it applied to then; null: nobody kept that. */
    readonly reach: ColumnType<RuleReach | null, string | null, string | null>;
    readonly stopped: number;
    readonly confirmed_at: Date;
    readonly confirmed_by: string;
  };
  /** What a host has had written down, by the hour. */
  readonly pace: {
    readonly host: string;
    readonly hour: Date;
    /** Documents that nobody reported before, and their UTF-16 units. */
    readonly documents: number;
    readonly characters: number;
    readonly transitions: number;
    /** Those that were too many, and are not kept. */
    readonly left_transitions: number;
  };
  /** Runs of an image's layers from the lowest one up. */
  readonly image_layers: {
    readonly image: string;
    /** How many layers. */
    readonly depth: number;
    /** Of their diffIDs. */
    readonly digest: string;
    /** They are all layers of the image. */
    readonly whole: boolean;
  };
  /** Containers that a rule would stop. */
  readonly suspect: {
    readonly host: string;
    readonly container: string;
    readonly rule: string;
    readonly rule_version: number;
    readonly failing: Json<readonly string[]>;
    readonly looks: number;
    /** When its host said so last. */
    readonly seen_at: Date;
    /** When its host was asked to look again; null: it is not asked. */
    readonly look_at: Date | null;
    /** Why nothing is done: `unconfirmed`, `brake`. */
    readonly held: string | null;
  };
  /** Rules that would stop more on a host than they may: they stop nothing there until somebody confirms them again. */
  readonly brake: {
    readonly rule: string;
    readonly rule_name: string;
    readonly host: string;
    readonly since: Date;
    /** What the rule stopped within the time that the brake looks back; empty too where nobody kept that. */
    readonly stopped: Json<readonly StoppedOnHost[]>;
  };
  readonly stop_order: {
    readonly id: string;
    readonly host: string;
    readonly container: string;
    readonly name: string;
    readonly application: string | null;
    readonly environment: string | null;
    readonly rule: string;
    readonly rule_version: number;
    readonly rule_name: string;
    readonly failing: Json<readonly string[]>;
    /** That showed it. */
    readonly facts: string;
    readonly evidence_at: Date;
    readonly ordered_at: Date;
    readonly outcome: ComplianceStopFact['outcome'] | 'unanswered' | null;
    readonly ended_at: Date | null;
    readonly reason: string | null;
  };
  readonly exception: {
    readonly id: string;
    readonly check_id: string;
    readonly named_values: Json<CheckException['values']>;
    readonly name: string | null;
    /** null: it names none, or what has none. */
    readonly images: readonly string[] | null;
    readonly collections: readonly string[] | null;
    readonly reason: CheckException['reason'];
    readonly explanation: string;
    readonly expires_at: Date;
    /** One that has run out stays approved or requested; its end is by time. */
    readonly state: Exclude<CheckException['state'], 'expired'>;
    readonly requested_by: Json<CheckException['requestedBy']>;
    /** Name of the person who asked; null: nobody knows who stands behind a token. */
    readonly requester: string | null;
    readonly requested_at: Date;
    readonly decided_by: ColumnType<CheckException['requestedBy'] | null, string | null, string | null>;
    readonly decided_at: Date | null;
    readonly note: string | null;
    /** Whether results were judged without it since it ran out. */
    readonly end_noted: boolean;
  };
}

export const timesAndStops: Migration = {
  async up(database) {
    await sql`
      create table status (id text primary key, states json not null);
      create table stands (host text not null, kind text not null, id text not null, name text not null,
        application text, environment text, status text not null, facts text not null, silent boolean not null,
        terms text not null, primary key (host, kind, id));
      create index stands_by_status on stands (status);
      create table transition (sequence bigint generated always as identity primary key, observed_at timestamptz not null,
        received_at timestamptz not null, host text not null, kind text not null, id text not null, name text not null,
        application text, environment text, change text not null, check_id text, from_state text, to_state text,
        checks integer, facts text, silent boolean not null);
      create index transition_by_subject on transition (host, kind, id, sequence desc);
      create index transition_by_check on transition (host, kind, id, check_id, observed_at desc) include (to_state);
      create index transition_by_time on transition (received_at);
      create table check_version (check_id text not null, version integer not null, since timestamptz not null,
        primary key (check_id, version));
      create table alert (host text not null, kind text not null, id text not null, source text not null, name text not null,
        rule_name text not null, effect text not null, checks json not null, since timestamptz not null,
        primary key (host, kind, id, source));
      create table confirmation (rule text primary key, version integer not null, checks json not null,
        stopped integer not null, confirmed_at timestamptz not null, confirmed_by text not null);
      create table suspect (host text not null, container text not null, rule text not null, rule_version integer not null,
        failing json not null, looks integer not null, seen_at timestamptz not null, look_at timestamptz, held text,
        primary key (host, container));
      create index suspect_by_rule on suspect (rule);
      create table brake (rule text primary key, rule_name text not null, host text not null, since timestamptz not null);
      create table stop_order (id text primary key, host text not null, container text not null, name text not null,
        application text, environment text, rule text not null, rule_version integer not null, rule_name text not null,
        failing json not null, facts text not null, evidence_at timestamptz not null, ordered_at timestamptz not null,
        outcome text, ended_at timestamptz, reason text);
      create index stop_order_by_host on stop_order (host, ordered_at);
      create index stop_order_by_rule on stop_order (rule, ordered_at);
      create table exception (id text primary key, check_id text not null, named_values json not null, name text,
        collections text[], reason text not null, explanation text not null, expires_at timestamptz not null,
        state text not null, requested_by json not null, requester text, requested_at timestamptz not null,
        decided_by json, decided_at timestamptz, note text, end_noted boolean not null default false);
      create index exception_by_check on exception (check_id) where state = 'approved'`.execute(database);
  },
};

export const confirmedReach: Migration = {
  async up(database) {
    await sql`alter table confirmation add column reach json`.execute(database);
  },
};

export const paceOfHosts: Migration = {
  async up(database) {
    await sql`
      create table pace (host text not null, hour timestamptz not null, documents integer not null,
        characters double precision not null, transitions integer not null, left_transitions integer not null,
        primary key (host, hour))`.execute(database);
    await sql`create index pace_left_out on pace (host, hour) where left_transitions > 0`.execute(database);
    await sql`alter table subject add column refused_at timestamptz`.execute(database);
  },
};

export const imagesOfExceptions: Migration = {
  async up(database) {
    await sql`alter table exception add column images text[]`.execute(database);
  },
};

export const layersOfImages: Migration = {
  async up(database) {
    await sql`
      create table image_layers (image text not null, depth integer not null, digest text not null, whole boolean not null,
        primary key (image, depth))`.execute(database);
    await sql`create index image_layers_of_bases on image_layers (digest) where whole`.execute(database);
  },
};

/** A brake held a rule everywhere; it goes on to hold it on each host where it kept containers running. */
export const brakesOfHosts: Migration = {
  async up(database) {
    await sql`alter table brake drop constraint brake_pkey`.execute(database);
    await sql`alter table brake add primary key (rule, host)`.execute(database);
    await sql`alter table brake add column stopped json not null default '[]'`.execute(database);
    await sql`
      insert into brake (rule, rule_name, host, since)
      select distinct brake.rule, brake.rule_name, suspect.host, brake.since
      from brake join suspect on suspect.rule = brake.rule and suspect.held = 'brake'
      on conflict do nothing`.execute(database);
  },
};
