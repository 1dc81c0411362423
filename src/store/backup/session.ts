import pg from 'pg';
import { AppError, messageOf } from '#base/index.ts';
import type { Address } from '../database.ts';

/** What values look like as text, whatever the database's own settings are; definitions name all schemas. */
const settings = [
  `set search_path = ''`,
  'set statement_timeout = 0',
  'set idle_in_transaction_session_timeout = 0',
  `set lock_timeout = '10s'`,
  `set datestyle = 'ISO'`,
  `set intervalstyle = 'postgres'`,
  `set timezone = 'UTC'`,
  `set bytea_output = 'hex'`,
  'set extra_float_digits = 1',
  'set check_function_bodies = off',
  'set row_security = off',
] as const;

/** One connection, for copying. Throws `AppError` `store-unavailable`. */
export async function withSession<Value>(
  address: Address,
  work: (client: pg.Client) => Promise<Value>,
): Promise<Value> {
  const client = new pg.Client({
    ...address,
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
    application_name: 'seawall-backup',
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    for (const one of settings) await client.query(one);
  } catch (cause) {
    await client.end().catch(() => undefined);
    throw new AppError('store-unavailable', `PostgreSQL cannot be reached: ${messageOf(cause)}`, { cause });
  }
  try {
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Major version of the server. */
export async function majorOf(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ major: number }>(
    `select current_setting('server_version_num')::int / 10000 as major`,
  );
  return rows[0]?.major ?? 0;
}
