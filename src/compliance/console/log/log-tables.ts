import { type Generated, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Tables of the evidence log, and of answers that other domains give. */
export interface LogTables {
  /** What was written down last of a subject that other domains answer questions about. */
  readonly answered: {
    readonly host: string;
    readonly kind: string;
    readonly id: string;
    readonly name: string;
    readonly application: string | null;
    readonly environment: string | null;
    readonly status: string;
    readonly facts: string | null;
  };
  /** Heads of batches of transitions. Rows are never changed, and stay when the transitions are forgotten. */
  readonly log_head: {
    readonly batch: number;
    readonly installation: string;
    readonly first: number;
    readonly count: number;
    readonly root: string;
    readonly previous: string;
    readonly at: Date;
    readonly signature: string;
    readonly hash: string;
    readonly key: string;
    /** It stands in the audit trail. */
    readonly noted: Generated<boolean>;
    /** Shows that the console itself forgot its rows (`forgotten-batches.ts`); null: they are kept. */
    readonly forgotten: Generated<string | null>;
  };
  /** Keys that sign heads; the newest that can be opened signs. */
  readonly log_key: {
    /** SHA-256 of the public key, hex. */
    readonly fingerprint: string;
    /** PEM. */
    readonly public_key: string;
    /** PKCS #8, sealed by the master key; null: it is lost or was rotated, and only what it signed stays. */
    readonly sealed_key: Buffer | null;
    /** Of a key without its private part: shows that it was one of this console (`evidence-key.ts`). */
    readonly proof: Generated<string | null>;
    /** JSON of how the key before gave over to it; null: it was the first, or that one was lost. */
    readonly hand_over: Generated<string | null>;
    readonly created_at: Date;
  };
  /** One row: what the console's own verification found last. */
  readonly log_verified: {
    readonly single: Generated<boolean>;
    readonly at: Date;
    readonly state: 'intact' | 'broken' | 'differs' | 'empty';
    /** null: nothing is wrong. */
    readonly reason: string | null;
  };
  /** Gaps that restored copies left and that a person acknowledged. */
  readonly log_restored: {
    /** The last batch before the gap, and the last one that an agent held of what was lost. */
    readonly after: number;
    readonly through: number;
    readonly at: Date;
    /** Shows that a console wrote it. */
    readonly proof: string;
  };
  /** Which row was the newest of each subject that stood at the end of a batch. It follows from the rows. */
  readonly log_snapshot: {
    readonly batch: number;
    /** Rows of the log until then. */
    readonly position: number;
    /** Every row until then was so and was written down by this moment. */
    readonly until: Date;
    /** Rising; `bigint[]` arrives as texts. */
    readonly positions: readonly string[];
    /** When each was written down: its month. */
    readonly received: readonly Date[];
  };
  /** One row: whose log it is. */
  readonly log_installation: {
    readonly single: Generated<boolean>;
    readonly id: string;
  };
}

/**
 * Transitions in months, which are dropped whole, with their place in the log. What was there before is kept; each subject
 * that stands gets a row that says how, which rows of then do not.
 */
export const evidenceLog: Migration = {
  async up(database) {
    await sql`
      alter table transition rename to transition_before;
      create sequence transition_number as bigint;
      create table transition (sequence bigint not null default nextval('transition_number'),
        observed_at timestamptz not null, received_at timestamptz not null, source text not null default 'checks',
        host text not null, kind text not null, id text not null, name text not null, application text, environment text,
        change text not null, check_id text, from_state text, to_state text, status text, checks integer, facts text,
        silent boolean not null, position bigint, before bigint) partition by range (received_at);
      create table transition_other partition of transition default`.execute(database);
    const { rows } = await sql<{ month: Date }>`
      select distinct date_trunc('month', received_at, 'UTC') as month from transition_before`.execute(database);
    for (const { month } of rows)
      await sql`create table ${sql.id(monthTable(month))} partition of transition
        for values from (${sql.lit(month.toISOString())}) to (${sql.lit(monthAfter(month).toISOString())})`.execute(
        database,
      );
    await sql`
      insert into transition (sequence, observed_at, received_at, host, kind, id, name, application, environment, change,
        check_id, from_state, to_state, checks, facts, silent)
      select sequence, observed_at, received_at, host, kind, id, name, application, environment, change, check_id,
        from_state, to_state, checks, facts, silent from transition_before order by sequence;
      select setval('transition_number', (select coalesce(max(sequence), 0) + 1 from transition), false);
      drop table transition_before;
      insert into transition (observed_at, received_at, host, kind, id, name, application, environment, change, status,
        checks, facts, silent)
      select date_trunc('milliseconds', now()), date_trunc('milliseconds', now()), host, kind, stands.id, name, application,
        environment, 'first', status, (select count(*) from json_object_keys(states)), facts, silent
      from stands join status on status.id = stands.status;
      alter table transition add primary key (sequence, received_at);
      create index transition_by_subject on transition (host, kind, id, sequence desc);
      create index transition_by_check on transition (host, kind, id, check_id, observed_at desc) include (to_state);
      create index transition_by_time on transition (received_at);
      create index transition_by_position on transition (position);
      create index transition_told on transition (source, host, kind, id, sequence desc)
        include (observed_at, received_at) where status is not null or change <> 'changed';
      create index transition_unsealed on transition (sequence) where position is null;
      alter table status add column seen_at timestamptz not null default now();
      create table answered (host text not null, kind text not null, id text not null, name text not null,
        application text, environment text, status text not null, facts text, primary key (host, kind, id));
      create index answered_by_status on answered (status);
      create table log_head (batch bigint primary key, installation text not null, first bigint not null unique,
        count integer not null, root text not null, previous text not null, at timestamptz not null,
        signature text not null, hash text not null, key text not null,
        noted boolean not null default false);
      create table log_key (fingerprint text primary key, public_key text not null, sealed_key bytea,
        created_at timestamptz not null);
      create table log_installation (single boolean primary key default true check (single), id text not null)`.execute(
      database,
    );
  },
};

/** What whoever has SQL alone cannot make, and what the last verification found. */
export const evidenceProofs: Migration = {
  async up(database) {
    await sql`
      alter table log_head add column forgotten text;
      alter table log_key add column proof text, add column hand_over text;
      create table log_verified (single boolean primary key default true check (single), at timestamptz not null,
        state text not null, reason text)`.execute(database);
  },
};

/** Later states are read from snapshots, and rows after one by when they were so. */
export const logSnapshots: Migration = {
  async up(database) {
    await sql`
      create table log_snapshot (batch bigint primary key, position bigint not null, until timestamptz not null,
        positions bigint[] not null, received timestamptz[] not null);
      create index transition_observed on transition (observed_at) where status is not null or change <> 'changed';
      drop index transition_told`.execute(database);
  },
};

/** What a person acknowledged to be lost by a restored copy. */
export const logRestored: Migration = {
  async up(database) {
    await sql`
      create table log_restored (after bigint not null, through bigint not null, at timestamptz not null, proof text not null)`.execute(
      database,
    );
  },
};

/** When hosts were silent is asked for with each control, over a year. */
export const logSilences: Migration = {
  async up(database) {
    await sql`
      create index transition_silences on transition (host, received_at) include (to_state)
        where silent and kind = 'host' and change = 'changed'`.execute(database);
  },
};

/** `transition_2026_11` */
export function monthTable(month: Date): string {
  return `transition_${month.toISOString().slice(0, 7).replace('-', '_')}`;
}

export function monthOf(time: Date): Date {
  return new Date(Date.UTC(time.getUTCFullYear(), time.getUTCMonth(), 1));
}

export function monthAfter(month: Date, months = 1): Date {
  return new Date(Date.UTC(month.getUTCFullYear(), month.getUTCMonth() + months, 1));
}
