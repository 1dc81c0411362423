import { sql } from 'kysely';
import type { Generated } from 'kysely';
import type { DomainSchema } from '#store/index.ts';

/** Every secret is kept as its SHA-256 alone; passwords as argon2id in the PHC string format. */
export interface AccessTables {
  readonly user: {
    readonly id: Generated<string>;
    readonly name: string;
    readonly password: string | null;
    readonly created_at: Date;
  };
  readonly session: {
    readonly id: Generated<string>;
    readonly secret_hash: Buffer;
    readonly user_id: string;
    readonly created_at: Date;
    readonly seen_at: Date;
  };
  readonly sign_in_link: {
    readonly secret_hash: Buffer;
    readonly user_id: string;
    readonly expires_at: Date;
  };
  readonly token: {
    readonly id: Generated<string>;
    readonly secret_hash: Buffer;
    readonly name: string;
    readonly scope: 'publish' | 'read';
    readonly created_at: Date;
    readonly expires_at: Date | null;
    readonly used_at: Date | null;
  };
  readonly failure: {
    /** `address:…` or `name:…`. */
    readonly source: string;
    readonly at: Date;
  };
}

export const accessSchema: DomainSchema<AccessTables> = {
  name: 'access',
  migrations: {
    '2026-11-24-users': {
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
  },
};
