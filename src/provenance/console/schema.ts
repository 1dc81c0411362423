import { type ColumnType, type Generated, sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import type { SubjectId } from '#base/index.ts';
import type { DomainSchema } from '#store/index.ts';
import type { SigningKey } from '../contract.ts';
import type { StoredProvenance } from '../current.ts';

type Json<Value> = ColumnType<Value, string, string>;

/** What every row of what people trust has. `version` rises with each change: proofs name the one that they rest on. */
interface Saved {
  readonly id: string;
  readonly version: number;
  readonly name: string;
  readonly saved_at: Date;
  readonly saved_by: string;
}

export interface ProvenanceTables {
  readonly registry: Saved & {
    readonly repositories: string;
    readonly insecure: boolean;
    readonly authorities: string | null;
    readonly user: string | null;
    readonly token_server: string | null;
    /** Sealed by the master key, for this registry's host and its token server. */
    readonly sealed_password: Buffer | null;
  };
  readonly key: Saved & { readonly pem: string; readonly kind: SigningKey['kind']; readonly fingerprint: string };
  readonly base: Saved & { readonly diff_ids: readonly string[] };
  /** The last version of what was removed: one that comes back under its id goes on from there. */
  readonly removed: { readonly kind: 'registry' | 'key' | 'base'; readonly id: string; readonly version: number };
  /** What was found of an image. */
  readonly proof: {
    readonly subject: SubjectId;
    readonly stored: Json<StoredProvenance>;
    /** Digest of the hints that were followed. */
    readonly hints: string;
    readonly looked_at: Date;
    /** When it is looked for again; null: everything is proven. */
    readonly due_at: Date | null;
    /** Looks since something changed that did not prove everything. */
    readonly attempts: Generated<number>;
  };
  /** Images that the console is to fetch and scan itself, and how that went. */
  readonly pull: {
    /** Digest of a config, or `REPOSITORY@DIGEST` of the manifest or index of one that is coming. */
    readonly wanted: string;
    /** Digest of the config; null: not known yet. */
    readonly subject: SubjectId | null;
    readonly why: 'asked' | 'differing' | 'coming';
    readonly state: 'waiting' | 'running' | 'done' | 'failed';
    readonly reason: string | null;
    readonly asked_at: Date;
    /** When it is tried next; null: not by itself. */
    readonly due_at: Date | null;
    /** Until when the console that runs it has it for itself. */
    readonly claimed_until: Date | null;
    readonly started_at: Date | null;
    readonly ended_at: Date | null;
    /** Tries since somebody asked. */
    readonly attempts: Generated<number>;
    /** Where it was fetched. */
    readonly place: string | null;
  };
  /** Bytes that were fetched on one day (UTC). */
  readonly pull_day: { readonly day: string; readonly bytes: ColumnType<string, number, number> };
}

const firstTables: Migration = {
  async up(database) {
    const saved = `id text primary key, version integer not null check (version > 0), name text not null,
      saved_at timestamptz not null, saved_by text not null`;
    const statements = [
      `create table provenance.registry (${saved}, repositories text not null, insecure boolean not null,
        authorities text, "user" text, sealed_password bytea)`,
      `create table provenance.key (${saved}, pem text not null,
        kind text not null check (kind in ('ecdsa-p256', 'rsa', 'ed25519')), fingerprint text not null)`,
      `create table provenance.base (${saved}, diff_ids text[] not null)`,
      `create table provenance.removed (kind text not null check (kind in ('registry', 'key', 'base')), id text not null,
        version integer not null, primary key (kind, id))`,
      `create table provenance.proof (subject text primary key, stored json not null, hints text not null,
        looked_at timestamptz not null, due_at timestamptz, attempts integer not null default 0)`,
      `create index proof_due on provenance.proof (due_at) where due_at is not null`,
    ];
    for (const statement of statements) await sql.raw(statement).execute(database);
  },
};

const pullTables: Migration = {
  async up(database) {
    const statements = [
      `create table provenance.pull (wanted text primary key, subject text,
        why text not null check (why in ('asked', 'differing', 'coming')),
        state text not null check (state in ('waiting', 'running', 'done', 'failed')), reason text,
        asked_at timestamptz not null, due_at timestamptz, claimed_until timestamptz, started_at timestamptz,
        ended_at timestamptz, attempts integer not null default 0, place text)`,
      `create index pull_due on provenance.pull (due_at) where due_at is not null`,
      `create index pull_subject on provenance.pull (subject)`,
      `create table provenance.pull_day (day date primary key, bytes bigint not null)`,
    ];
    for (const statement of statements) await sql.raw(statement).execute(database);
  },
};

const tokenServers: Migration = {
  async up(database) {
    await sql`alter table provenance.registry add column token_server text`.execute(database);
  },
};

export const provenanceSchema: DomainSchema<ProvenanceTables> = {
  name: 'provenance',
  migrations: { '0001-trust': firstTables, '0002-pulls': pullTables, '0003-token-server': tokenServers },
};
