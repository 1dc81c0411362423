import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Clusters that ask, and images that they asked for in vain. */
export interface WebhookTables {
  readonly cluster: {
    readonly name: string;
    readonly environment: string | null;
    /** SHA-256 of 256 random bits as text; nobody can guess those, so a plain hash protects them. */
    readonly key_hash: Buffer;
    readonly connected_at: Date;
    readonly connected_by: string;
    /** To the minute. */
    readonly asked_at: Date | null;
  };
  readonly wanted_image: {
    readonly digest: string;
    readonly reference: string;
    readonly host: string;
    /** Empty: none. */
    readonly environment: string;
    readonly first_asked: Date;
    readonly last_asked: Date;
  };
}

export const webhookTables: Migration = {
  async up(database) {
    for (const statement of statements) await sql.raw(statement).execute(database);
  },
};

const statements = [
  `create table admission.cluster (
    name text primary key,
    environment text,
    key_hash bytea not null,
    connected_at timestamptz not null,
    connected_by text not null,
    asked_at timestamptz
  )`,
  `create table admission.wanted_image (
    digest text not null,
    environment text not null,
    reference text not null,
    host text not null,
    first_asked timestamptz not null,
    last_asked timestamptz not null,
    primary key (digest, environment)
  )`,
  `create index wanted_by_age on admission.wanted_image (last_asked desc)`,
];
