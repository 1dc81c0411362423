import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import { type Log, messageOf } from '#base/index.ts';
import { limits } from './limits.ts';

/** Where PostgreSQL listens, as `pg` takes it: a URL, or a unix socket's folder. */
export interface Address {
  readonly connectionString?: string;
  readonly host?: string;
  readonly user?: string;
  readonly database?: string;
}

/** Sessions that a pool holds, and callers that wait for one. */
export interface Sessions {
  readonly open: number;
  readonly idle: number;
  readonly most: number;
  readonly waiting: number;
}

export interface Database {
  readonly kysely: Kysely<unknown>;
  readonly sessions: () => Sessions;
  close(): Promise<void>;
}

const int8 = 20;

/**
 * Whether somebody waits for the answer. Each kind has sessions of its own, so that jobs leave some for requests; with
 * those of pg-boss and the listener they are fewer than the 60 of the embedded server.
 */
export type DatabaseUse = 'requests' | 'jobs';

const sessions: Readonly<Record<DatabaseUse, number>> = {
  requests: limits.requestSessions.value,
  jobs: limits.jobSessions.value,
};

/** How long PostgreSQL works and waits for each kind, in milliseconds, unless a transaction says otherwise. */
export const patience = {
  requests: {
    statement_timeout: limits.requestStatement.value * 1000,
    lock_timeout: limits.requestLock.value * 1000,
    idle_in_transaction_session_timeout: limits.requestIdle.value * 1000,
  },
  jobs: {
    statement_timeout: limits.jobStatement.value * 1000,
    lock_timeout: limits.jobLock.value * 1000,
    idle_in_transaction_session_timeout: limits.jobIdle.value * 1000,
  },
} as const;

/**
 * Opens a pool. `bigint` columns and counts arrive as numbers (sizes and counts stay below 2^53), `timestamptz` as
 * `Date`, `numeric` as text. A lost connection fails the query that uses it; the pool then makes a new one.
 */
export function openDatabase(address: Address, use: DatabaseUse, log: Log): Database {
  const pool = new pg.Pool({
    ...address,
    ...patience[use],
    max: sessions[use],
    connectionTimeoutMillis: 10_000,
    application_name: 'seawall',
    types,
  });
  pool.on('error', (error) => log.warn({ error: messageOf(error) }, 'A connection to PostgreSQL was lost.'));
  pool.on('connect', (client) => {
    client.on('error', (error) => log.debug({ error: messageOf(error) }, 'A connection to PostgreSQL failed in use.'));
  });
  const kysely = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) });
  return {
    kysely,
    sessions: () => ({
      open: pool.totalCount,
      idle: pool.idleCount,
      most: sessions[use],
      waiting: pool.waitingCount,
    }),
    close: () => kysely.destroy(),
  };
}

const types: pg.CustomTypesConfig = {
  getTypeParser: (oid, format) => (oid === int8 && format !== 'binary' ? Number : pg.types.getTypeParser(oid, format)),
};
