import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import { type Log, messageOf } from '#base/index.ts';

/** Where PostgreSQL listens, as `pg` takes it: a URL, or a unix socket's folder. */
export interface Address {
  readonly connectionString?: string;
  readonly host?: string;
  readonly user?: string;
  readonly database?: string;
}

export interface Database {
  readonly kysely: Kysely<unknown>;
  close(): Promise<void>;
}

const int8 = 20;
/** Room for the store's own pool, pg-boss and the listener below the 60 sessions of the embedded server. */
const poolSize = 12;

/**
 * Opens a pool. `bigint` columns and counts arrive as numbers (sizes and counts stay below 2^53), `timestamptz` as
 * `Date`, `numeric` as text. A lost connection fails the query that uses it; the pool then makes a new one.
 */
export function openDatabase(address: Address, log: Log): Database {
  const pool = new pg.Pool({
    ...address,
    max: poolSize,
    connectionTimeoutMillis: 10_000,
    application_name: 'seawall',
    types,
  });
  pool.on('error', (error) => log.warn({ error: messageOf(error) }, 'A connection to PostgreSQL was lost.'));
  pool.on('connect', (client) => {
    client.on('error', (error) => log.debug({ error: messageOf(error) }, 'A connection to PostgreSQL failed in use.'));
  });
  const kysely = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) });
  return { kysely, close: () => kysely.destroy() };
}

const types: pg.CustomTypesConfig = {
  getTypeParser: (oid, format) => (oid === int8 && format !== 'binary' ? Number : pg.types.getTypeParser(oid, format)),
};
