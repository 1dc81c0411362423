import { type Generated, type JSONColumnType, sql } from 'kysely';
import type { Immutable } from '#base/index.ts';
import type { DomainSchema } from '#store/index.ts';
import type { AuditEntry, Collection, Retention, Role, User } from '../contract.ts';

/** JSON that is read as an object and written as text. */
type Stored<Value extends object> = JSONColumnType<Value, string, string>;

/** Every secret is kept as its SHA-256 alone; passwords as argon2id in the PHC string format. */
export interface AccessTables {
  readonly user: {
    readonly id: Generated<string>;
    readonly name: string;
    readonly password: string | null;
    readonly role: User['role'];
    /** Ids; null: everything. */
    readonly collections: readonly string[] | null;
    readonly disabled: Generated<boolean>;
    readonly created_at: Date;
    readonly seen_at: Date | null;
    /** Where a provider says who it is; with the subject the user's identity there. Null: a user of this console. */
    readonly issuer: Generated<string | null>;
    readonly subject: Generated<string | null>;
    /** Group at the provider that gives role and collections; null for one of these: none does, so he has no role. */
    readonly granted_by: Generated<string | null>;
    /** When the provider last said so. */
    readonly confirmed_at: Generated<Date | null>;
  };
  readonly session: {
    readonly id: Generated<string>;
    readonly secret_hash: Buffer;
    readonly user_id: string;
    readonly created_at: Date;
    readonly seen_at: Date;
    readonly address: string | null;
    /** Null: it began before that was kept. */
    readonly signed_in_by: Generated<string | null>;
  };
  /** What a provider gave for a session, beside it. */
  readonly provider_session: {
    readonly session_id: string;
    /** Refresh token and ID token, sealed by the master key. */
    readonly sealed_grant: Buffer;
    /** Whether there is a refresh token. */
    readonly renewable: boolean;
    readonly confirmed_at: Date;
    /** Since when a console asks the provider again; null: none does. */
    readonly asked_at: Date | null;
    /** When the provider last failed to answer, since it confirmed. */
    readonly failed_at: Date | null;
  };
  readonly sign_in_link: {
    readonly secret_hash: Buffer;
    readonly user_id: string;
    readonly expires_at: Date;
  };
  readonly token: {
    readonly id: Generated<string>;
    /** None once it is revoked. */
    readonly secret_hash: Buffer | null;
    readonly name: string;
    readonly role: Role;
    /** Patterns; null: none. */
    readonly repositories: readonly string[] | null;
    /** Ids; null: everything. */
    readonly collections: readonly string[] | null;
    readonly created_by: string;
    /** Name of the user that it stands for, as it was when it was made; none for the console itself. */
    readonly owner: string | null;
    /** Whose rights bound its own. `unknown`: made before owners were kept by id, and nobody adopted it since. */
    readonly owner_kind: Generated<'user' | 'console' | 'unknown'>;
    /** Id of that user; it stays when the user is deleted, so that nobody inherits it by name. */
    readonly owner_id: Generated<string | null>;
    /** Kept after that, without its secret: what it published is then known to count nowhere. */
    readonly revoked_at: Generated<Date | null>;
    /** Since the restore of a copy in which it may be open although it was revoked since; opens nothing until confirmed. */
    readonly held_at: Generated<Date | null>;
    readonly created_at: Date;
    readonly expires_at: Date | null;
    readonly used_at: Date | null;
  };
  /** What wrong passwords are counted for, `network:…`, `browser:…`, and all failures of a quarter of an hour. */
  readonly sign_in_delay: {
    readonly source: string;
    readonly level: number;
    readonly at: Date;
    /** No password is looked at before. */
    readonly until: Date;
  };
  /** Answers of the sign-in provider that were used: hashes of state and code, kept as long as an answer could come again. */
  readonly provider_answer: { readonly hash: string; readonly until: Date };
  readonly collection: {
    readonly id: string;
    readonly name: string;
    readonly description: string;
    readonly selects: Stored<Collection['selects']>;
    readonly environment: string | null;
  };
  /** Append-only: triggers refuse everything else, but deletion up to the checkpoint. */
  readonly audit: {
    readonly sequence: number;
    readonly at: Date;
    readonly actor: Stored<AuditEntry['actor']>;
    readonly action: string;
    readonly target: Stored<Immutable<NonNullable<AuditEntry['target']>>> | null;
    readonly detail: Stored<Immutable<NonNullable<AuditEntry['detail']>>> | null;
    readonly address: string | null;
    readonly hash: string;
    /** Which key the hash is made with; null: none, it is SHA-256, as before the trail was keyed. */
    readonly keyed_by: Generated<string | null>;
  };
  /** One row until the entries from before the trail was keyed are sealed. */
  readonly audit_unsealed: { readonly since: Date; readonly single: Generated<boolean> };
  /** One row: the newest entry that was pruned, from which the chain goes on. */
  readonly audit_checkpoint: {
    readonly sequence: number;
    readonly hash: string;
    readonly single: Generated<boolean>;
  };
  /** One row once a copy was restored: the newest. */
  readonly restored: {
    readonly restored_at: Date;
    readonly taken_at: Date;
    /** When an administrator said that users, agents and clusters are right again; null: nobody did. */
    readonly confirmed_at: Generated<Date | null>;
    readonly single: Generated<boolean>;
  };
  /** One row once a console has started: whether backups are scheduled, the last good one, and the last attempt. */
  readonly backup: {
    /** null: none are scheduled. */
    readonly folder: string | null;
    readonly good_at: Date | null;
    readonly file: string | null;
    readonly bytes: number | null;
    readonly tried_at: Date | null;
    /** Why the last attempt failed; null: it did not. */
    readonly failure: string | null;
    /** The state that was announced last. */
    readonly announced: string | null;
    readonly single: Generated<boolean>;
  };
  /** One row once somebody has set it. */
  readonly retention: { readonly days: Stored<Retention>; readonly single: Generated<boolean> };
}

export const accessSchema: DomainSchema<AccessTables> = {
  name: 'access',
  migrations: {
    '0001-users': {
      up: async (db) => {
        await sql`create table "user" (
          id uuid primary key default gen_random_uuid(), name text not null unique,
          password text, created_at timestamptz not null)`.execute(db);
        await sql`create table session (
          id uuid primary key default gen_random_uuid(), secret_hash bytea not null unique,
          user_id uuid not null references "user" on delete cascade,
          created_at timestamptz not null, seen_at timestamptz not null)`.execute(db);
        await sql`create table sign_in_link (
          secret_hash bytea primary key, user_id uuid not null references "user" on delete cascade,
          expires_at timestamptz not null)`.execute(db);
        await sql`create table token (
          id uuid primary key default gen_random_uuid(), secret_hash bytea not null unique, name text not null,
          scope text not null check (scope in ('publish', 'read')), created_at timestamptz not null,
          expires_at timestamptz, used_at timestamptz)`.execute(db);
        await sql`create table failure (source text not null, at timestamptz not null)`.execute(db);
        await sql`create index failure_by_source on failure (source, at)`.execute(db);
      },
    },
    '0004-roles': {
      up: async (db) => {
        await sql`alter table "user" add role text not null default 'administrator'
          check (role in ('administrator', 'operator', 'auditor', 'developer')),
          add collections text[], add disabled boolean not null default false, add seen_at timestamptz`.execute(db);
        await sql`alter table "user" alter role drop default`.execute(db);
        await sql`alter table session add address text`.execute(db);
        await sql`alter table token add role text
          check (role in ('administrator', 'operator', 'auditor', 'developer', 'ci')),
          add repositories text[], add collections text[], add created_by text`.execute(db);
        // A token that could publish spoke for every repository; it keeps that, and shows it.
        await sql`update token set created_by = 'unknown',
          role = case scope when 'publish' then 'ci' else 'developer' end,
          repositories = case scope when 'publish' then array['*'] end`.execute(db);
        await sql`alter table token drop scope, alter role set not null, alter created_by set not null`.execute(db);
      },
    },
    '0003-collections': {
      up: async (db) => {
        await sql`create table collection (
          id text primary key, name text not null, description text not null, selects jsonb not null,
          environment text)`.execute(db);
        await sql`create table retention (
          days jsonb not null, single boolean primary key default true check (single))`.execute(db);
      },
    },
    '0002-audit': {
      up: async (db) => {
        await sql`create table audit (
          sequence bigint primary key, at timestamptz not null, actor jsonb not null, action text not null,
          target jsonb, detail jsonb, address text, hash text not null)`.execute(db);
        await sql`create index audit_by_time on audit (at)`.execute(db);
        await sql`create table audit_checkpoint (
          sequence bigint not null, hash text not null, single boolean primary key default true check (single))`.execute(
          db,
        );
        await sql`create function access.refuse_audit_change() returns trigger language plpgsql as $$
          begin
            if tg_op = 'DELETE' then
              if exists (select from access.audit_checkpoint where sequence >= old.sequence) then return old; end if;
            end if;
            raise exception 'The audit trail is append-only.';
          end $$`.execute(db);
        await sql`create trigger append_only before update or delete on audit
          for each row execute function access.refuse_audit_change()`.execute(db);
        await sql`create trigger never_emptied before truncate on audit
          for each statement execute function access.refuse_audit_change()`.execute(db);
      },
    },
    '0005-token-owners': {
      up: async (db) => {
        await sql`alter table token add owner text`.execute(db);
        await sql`update token set owner = created_by`.execute(db);
      },
    },
    '0007-token-worth': {
      up: async (db) => {
        await sql`alter table token alter secret_hash drop not null, add owner_id uuid, add revoked_at timestamptz,
          add owner_kind text not null default 'unknown' check (owner_kind in ('user', 'console', 'unknown')),
          add check ((owner_kind = 'user') = (owner_id is not null)),
          add check ((secret_hash is null) = (revoked_at is not null))`.execute(db);
        // A user made after the token cannot be the one who made it.
        await sql`update token set owner_kind = 'user', owner_id = "user".id from "user"
          where "user".name = token.owner and "user".created_at <= token.created_at`.execute(db);
        await sql`update token set owner_kind = 'console', owner = null
          where owner_kind = 'unknown' and created_by = 'console' and coalesce(owner, 'console') = 'console'`.execute(
          db,
        );
        await sql`create index token_by_owner on token (owner_id)`.execute(db);
      },
    },
    '0012-restored': {
      up: async (db) => {
        await sql`alter table token add held_at timestamptz`.execute(db);
        await sql`create table restored (
          restored_at timestamptz not null, taken_at timestamptz not null,
          single boolean primary key default true check (single))`.execute(db);
      },
    },
    '0014-restored-users': {
      up: async (db) => {
        await sql`alter table restored add confirmed_at timestamptz`.execute(db);
      },
    },
    '0013-backups': {
      up: async (db) => {
        await sql`create table backup (
          folder text, good_at timestamptz, file text, bytes bigint, tried_at timestamptz, failure text, announced text,
          single boolean primary key default true check (single))`.execute(db);
      },
    },
    '0010-provider': {
      up: async (db) => {
        await sql`alter table "user" add issuer text, add subject text, add granted_by text, add confirmed_at timestamptz,
          add unique (issuer, subject), add check ((issuer is null) = (subject is null)),
          add check ((issuer is null) = (confirmed_at is null)), add check (issuer is null or password is null)`.execute(
          db,
        );
        await sql`create table provider_session (
          session_id uuid primary key references session on delete cascade, sealed_grant bytea not null,
          renewable boolean not null, confirmed_at timestamptz not null, asked_at timestamptz, failed_at timestamptz)`.execute(
          db,
        );
      },
    },
    '0006-keyed-audit': {
      up: async (db) => {
        await sql`alter table audit add keyed_by text`.execute(db);
        await sql`create table audit_unsealed (
          since timestamptz not null, single boolean primary key default true check (single))`.execute(db);
        await sql`insert into audit_unsealed (since)
          select now() where exists (select from audit) or exists (select from audit_checkpoint)`.execute(db);
      },
    },
    '0008-sign-in-delays': {
      up: async (db) => {
        await sql`drop table failure`.execute(db);
        await sql`create table sign_in_delay (
          source text primary key, level double precision not null, at timestamptz not null,
          until timestamptz not null)`.execute(db);
        await sql`create index sign_in_delay_by_age on sign_in_delay (at)`.execute(db);
        await sql`alter table session add signed_in_by text`.execute(db);
      },
    },
    '0009-provider-answers': {
      up: async (db) => {
        await sql`create table provider_answer (hash text primary key, until timestamptz not null)`.execute(db);
        await sql`create index provider_answer_by_end on provider_answer (until)`.execute(db);
      },
    },
  },
  formerNames: {
    '0001-users': '2026-11-24-users',
    '0002-audit': '2026-11-25-audit',
    '0003-collections': '2026-11-25-collections',
    '0004-roles': '2026-11-25-roles',
    '0005-token-owners': '2026-11-26-token-owners',
    '0006-keyed-audit': '2026-11-27-keyed-audit',
    '0007-token-worth': '2026-11-27-token-worth',
  },
};
