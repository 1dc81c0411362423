import { type ColumnType, type Generated, type GeneratedAlways, type JSONColumnType, sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import type { AuditHead } from '#access/contract.ts';
import type { DomainSchema } from '#store/index.ts';
import type { AgentState, FactGap } from '../contract.ts';

export interface LinkTables {
  /** Authorities of certificates: the newest issues, all that have not ended are trusted. */
  readonly authority: {
    readonly id: string;
    /** PEM. */
    readonly certificate: string;
    /** PKCS #8, sealed by the master key. */
    readonly sealed_key: Buffer;
    readonly created_at: Date;
    readonly not_after: Date;
  };
  /** Keys by which the console signs what agents keep, each certified by an authority; the newest of a purpose signs. */
  readonly signing_key: {
    readonly id: string;
    readonly purpose: string;
    /** PEM. */
    readonly certificate: string;
    /** PKCS #8, sealed by the master key. */
    readonly sealed_key: Buffer;
    readonly created_at: Date;
    readonly not_after: Date;
  };
  /** Only the hash of the secret is kept. */
  readonly join_token: {
    readonly id: string;
    readonly name: string;
    readonly secret_hash: Buffer;
    readonly environments: string[];
    readonly hosts: string | null;
    readonly uses: number;
    readonly created_at: Date;
    readonly created_by: string;
    readonly expires_at: Date;
    /** Since the restore of an older copy; nobody joins by it until it is confirmed. */
    readonly held_at: Generated<Date | null>;
  };
  readonly agent: {
    readonly id: string;
    readonly name: string;
    readonly host: string;
    readonly instance: string;
    readonly version: string;
    readonly environment: string | null;
    /** Those that its join token allows, `unassigned` for none. */
    readonly environments: Generated<string[]>;
    /** What it says its environment is without being allowed to. */
    readonly asked_environment: string | null;
    readonly state: AgentState;
    readonly joined_at: Date;
    readonly join_token: string;
    readonly seen_at: Date | null;
    readonly clock_offset: number | null;
    /** Of its certificate: SHA-256, hex. */
    readonly fingerprint: string;
    readonly not_after: Date;
    /** Issued and not used yet. */
    readonly next_fingerprint: string | null;
    readonly next_not_after: Date | null;
    /** The one before, which holds a little longer. */
    readonly previous_fingerprint: string | null;
    readonly previous_until: Date | null;
    readonly epoch: string | null;
    readonly past_epochs: Generated<string[]>;
    /** Last one stored of the epoch. */
    readonly sequence: Generated<number>;
    readonly lost: Generated<number>;
    readonly refused: Generated<number>;
    readonly refused_at: Date | null;
    readonly refused_reason: string | null;
    /** Facts that are missing for good, and the newest such gap. */
    readonly gap_facts: Generated<number>;
    readonly gap: ColumnType<FactGap | null, string | null | undefined, string | null>;
  };
  /** Joins that were refused, repeated ones counted. Empty token and name: all beyond the bound. */
  readonly refused_join: {
    readonly token: string;
    readonly name: string;
    readonly since: Date;
    readonly at: Date;
    readonly count: number;
  };
  /** Heads of the audit trail that an agent holds, as it told them last. */
  readonly audit_head: {
    readonly agent: string;
    readonly heads: JSONColumnType<readonly AuditHead[], string, string>;
    readonly told_at: Date;
  };
  /** The same of the evidence log. */
  readonly evidence_head: {
    readonly agent: string;
    readonly heads: JSONColumnType<readonly AuditHead[], string, string>;
    readonly told_at: Date;
  };
  /** Facts that no handler could read, kept aside. */
  readonly refused_fact: {
    readonly id: GeneratedAlways<number>;
    readonly agent: string;
    readonly epoch: string;
    readonly sequence: number;
    readonly kind: string;
    readonly at: ColumnType<Date, Date | string, never>;
    /** The beginning of its JSON. */
    readonly body: string;
    readonly reason: string;
    readonly refused_at: Date;
  };
}

const firstTables: Migration = {
  async up(database) {
    await sql`
      create table link.authority (
        id uuid primary key, certificate text not null, sealed_key bytea not null,
        created_at timestamptz not null, not_after timestamptz not null
      )`.execute(database);
    await sql`
      create table link.join_token (
        id uuid primary key, name text not null, secret_hash bytea not null unique,
        environments text[], hosts text, uses integer not null check (uses >= 0),
        created_at timestamptz not null, created_by text not null, expires_at timestamptz not null
      )`.execute(database);
    await sql`
      create table link.agent (
        id uuid primary key, name text not null, host text not null, instance text not null, version text not null,
        environment text, environments text[],
        state text not null check (state in ('live', 'silent', 'revoked', 'replaced')),
        joined_at timestamptz not null, join_token text not null, seen_at timestamptz, clock_offset double precision,
        fingerprint text not null unique, not_after timestamptz not null,
        next_fingerprint text unique, next_not_after timestamptz,
        previous_fingerprint text unique, previous_until timestamptz,
        epoch uuid, past_epochs uuid[] not null default '{}', sequence bigint not null default 0,
        lost bigint not null default 0, refused bigint not null default 0, refused_at timestamptz, refused_reason text
      )`.execute(database);
    await sql`create unique index agent_of_host on link.agent (host, instance) where state in ('live', 'silent')`.execute(
      database,
    );
    await sql`
      create table link.refused_fact (
        id bigint generated always as identity primary key,
        agent uuid not null references link.agent (id) on delete cascade,
        epoch uuid not null, sequence bigint not null, kind text not null, at timestamptz not null,
        body text not null, reason text not null, refused_at timestamptz not null
      )`.execute(database);
    await sql`create index refused_of_agent on link.refused_fact (agent, id)`.execute(database);
  },
};

const signingKeys: Migration = {
  async up(database) {
    await sql`
      create table link.signing_key (
        id uuid primary key, purpose text not null, certificate text not null, sealed_key bytea not null,
        created_at timestamptz not null, not_after timestamptz not null
      )`.execute(database);
  },
};

const auditHeads: Migration = {
  async up(database) {
    await sql`
      create table link.audit_head (
        agent uuid primary key references link.agent (id) on delete cascade, heads jsonb not null,
        told_at timestamptz not null
      )`.execute(database);
  },
};

const evidenceHeads: Migration = {
  async up(database) {
    await sql`
      create table link.evidence_head (
        agent uuid primary key references link.agent (id) on delete cascade, heads jsonb not null,
        told_at timestamptz not null
      )`.execute(database);
  },
};

/**
 * Environments become fixed. Each agent keeps the one that it is in, and nothing else; where collections and labels had
 * brought its host and containers elsewhere, inventory adds that. A join token without environments allows none from now
 * on: no agent that joined needs it any more, and one that joins later must not choose for itself.
 */
const fixedEnvironments: Migration = {
  async up(database) {
    const statements = [
      `update link.join_token set environments = '{unassigned}' where coalesce(cardinality(environments), 0) = 0`,
      `alter table link.join_token alter environments set not null`,
      `update link.agent set environments = array[coalesce(environment, 'unassigned')]
       where coalesce(cardinality(environments), 0) = 0`,
      `alter table link.agent alter environments set not null, alter environments set default '{unassigned}',
       add asked_environment text, add gap_facts bigint not null default 0, add gap json`,
      `create table link.refused_join (
         token text not null, name text not null, since timestamptz not null, at timestamptz not null,
         count integer not null, primary key (token, name)
       )`,
    ];
    for (const statement of statements) await sql.raw(statement).execute(database);
  },
};

const restored: Migration = {
  async up(database) {
    await sql`alter table link.join_token add held_at timestamptz`.execute(database);
  },
};

export const linkSchema: DomainSchema<LinkTables> = {
  name: 'link',
  migrations: {
    '0001-agents': firstTables,
    '0002-signing-keys': signingKeys,
    '0003-audit-heads': auditHeads,
    '0004-fixed-environments': fixedEnvironments,
    '0005-evidence-heads': evidenceHeads,
    '0006-restored': restored,
  },
};
