import { type ColumnType, sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import type { SubjectId } from '#base/index.ts';
import type { DomainSchema } from '#store/index.ts';
import type { ApplicationSource } from '../application.ts';
import type { ContainerFact, ContainerState, Host, HostFact } from '../contract.ts';
import { environmentMoments, fixedEnvironments, reporters } from './migrations.ts';
import { redactedContainers } from './schema-redacted.ts';

/** A column of type `json`: keeps the text as it is, so that the same fact told again is known by it. */
type Json<Value> = ColumnType<Value, string, string>;

/**
 * What agents reported, by the name of the host. `reported_by` is the id of the agent that reported a row last: one that
 * joins in another's place finds its rows, but they count only once it has reported them itself.
 */
export interface InventoryTables {
  readonly host: {
    readonly name: string;
    /** The agent whose certificate reports for it now. */
    readonly agent: string;
    readonly agent_environment: string | null;
    /** All that its join token allows, `unassigned` for none. */
    readonly agent_environments: readonly string[];
    /** Name of the collection that asks for an environment which the join token does not allow, and which one. */
    readonly refused_collection: string | null;
    readonly refused_environment: string | null;
    readonly environment: string | null;
    readonly environment_from: Host['environmentFrom'];
    /** Environments that labels of its containers may choose; none where a collection decides. */
    readonly allowed: readonly string[];
    /** Its agent is away or does not speak for it any more. */
    readonly stale: boolean;
    readonly fact: ColumnType<HostFact | null, string | null, string | null>;
  };
  readonly image: {
    readonly host: string;
    /** The engine's. */
    readonly id: string;
    readonly subject: SubjectId | null;
    readonly names: readonly string[];
    readonly repo_digests: readonly string[];
    readonly gone_at: Date | null;
    readonly reported_by: string;
  };
  readonly container: {
    readonly host: string;
    readonly id: string;
    readonly name: string;
    readonly image: string;
    readonly image_name: string;
    readonly subject: SubjectId | null;
    readonly state: ContainerState;
    readonly environment: string | null;
    /** When it came there from another one, by the store's clock. Null: it was never known elsewhere. */
    readonly environment_since: ColumnType<Date | null, never, never>;
    /** What the agent said; counts only where the host allows it. */
    readonly own_environment: string | null;
    readonly application: string | null;
    readonly application_from: ApplicationSource | null;
    readonly created_at: Date;
    readonly first_seen: Date;
    readonly changed_at: Date;
    /** When it ended, of those that did. */
    readonly finished_at: Date | null;
    readonly search: string;
    /** Apart, because PostgreSQL reads a part of a `json` only where all of it could be a text: labels may hold NUL. */
    readonly labels: Json<ContainerFact['labels']>;
    readonly reported_by: string;
    readonly fact: Json<ContainerFact>;
  };
  /** Files that processes had loaded. */
  readonly used_file: {
    readonly host: string;
    readonly subject: SubjectId;
    /** Empty: none. */
    readonly environment: string;
    readonly file: string;
    /** To the minute. */
    readonly last_seen: Date;
    readonly reported_by: string;
  };
  readonly unscanned: {
    readonly host: string;
    readonly target: string;
    readonly name: string;
    readonly code: string;
    readonly reason: string;
  };
  /** Subjects besides the engine's images: the host's own file system, folders, archives. */
  readonly other_subject: {
    readonly host: string;
    readonly subject: SubjectId;
    readonly names: readonly string[];
    readonly reported_by: string;
  };
}

const firstTables: Migration = {
  async up(database) {
    await sql`
      create table inventory.host (
        name text primary key,
        report json not null,
        seen_at timestamptz not null
      )`.execute(database);
    await sql`
      create table inventory.presence (
        host text not null references inventory.host (name) on delete cascade,
        subject text not null,
        names text[] not null,
        primary key (subject, host)
      )`.execute(database);
    await sql`create index presence_of_host on inventory.presence (host)`.execute(database);
  },
};

/** Agents take the place of scanners that reported with a token. What those told does not say who told it, so it goes. */
const agentTables: Migration = {
  async up(database) {
    for (const statement of [...hostTables, ...containerTables, ...otherTables]) {
      await sql.raw(statement).execute(database);
    }
  },
};

const hostTables = [
  `drop table inventory.presence`,
  `drop table inventory.host`,
  `create table inventory.host (
    name text collate "C" primary key,
    agent text not null,
    agent_environment text,
    environment text,
    environment_from text not null check (environment_from in ('agent', 'collection', 'nowhere')),
    stale boolean not null default false,
    fact json
  )`,
  `create table inventory.image (
    host text collate "C" not null references inventory.host (name),
    id text not null,
    subject text,
    names text[] not null,
    repo_digests text[] not null,
    gone_at timestamptz,
    primary key (host, id)
  )`,
  `create index image_of_subject on inventory.image (subject) where gone_at is null`,
];

const containerTables = [
  `create table inventory.container (
    host text collate "C" not null references inventory.host (name),
    id text collate "C" not null,
    name text not null,
    image text not null,
    image_name text not null,
    subject text,
    state text not null,
    up boolean not null generated always as (state in ('running', 'paused', 'restarting')) stored,
    environment text,
    own_environment text,
    application text,
    application_from text check (application_from in ('label', 'compose', 'namespace')),
    created_at timestamptz not null,
    first_seen timestamptz not null,
    changed_at timestamptz not null,
    finished_at timestamptz,
    search text not null,
    labels json not null,
    fact json not null,
    primary key (host, id)
  )`,
  `create index container_by_age on inventory.container (up desc, created_at desc, host, id)`,
  `create index container_of_subject on inventory.container (subject) where up`,
  `create index container_ended on inventory.container (finished_at) where finished_at is not null`,
];

const otherTables = [
  `create table inventory.used_file (
    host text collate "C" not null references inventory.host (name),
    subject text not null,
    environment text not null,
    file text not null,
    last_seen timestamptz not null,
    primary key (subject, host, environment, file)
  )`,
  `create index used_on_host on inventory.used_file (host)`,
  `create table inventory.unscanned (
    host text collate "C" not null references inventory.host (name),
    target text not null,
    name text not null,
    code text not null,
    reason text not null,
    primary key (host, target)
  )`,
  `create table inventory.other_subject (
    host text collate "C" not null references inventory.host (name),
    subject text not null,
    names text[] not null,
    primary key (subject, host)
  )`,
  `create index other_on_host on inventory.other_subject (host)`,
];

/** Images are judged, and admitted, where labels may bring their containers too. */
const allowedEnvironments: Migration = {
  async up(database) {
    await sql`alter table inventory.host add allowed text[] not null default '{}'`.execute(database);
    await sql`
      update inventory.host set allowed = array(select json_array_elements_text(fact -> 'allowEnvironments'))
      where environment_from <> 'collection' and fact is not null`.execute(database);
  },
};

/** For names that nobody pinned to a digest. */
const namesIndex: Migration = {
  async up(database) {
    await sql`create index image_by_name on inventory.image using gin (names) where gone_at is null`.execute(database);
  },
};

export const inventorySchema: DomainSchema<InventoryTables> = {
  name: 'inventory',
  migrations: {
    '0001-hosts': firstTables,
    '0002-agents': agentTables,
    '0003-allowed': allowedEnvironments,
    '0004-names': namesIndex,
    '0005-reporters': reporters,
    '0006-fixed-environments': fixedEnvironments,
    '0007-environment-moments': environmentMoments,
    '0008-redacted-containers': redactedContainers,
  },
};
