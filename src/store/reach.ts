import pg from 'pg';
import { isAppError, messageOf } from '#base/index.ts';
import type { Address } from './database.ts';
import { addressOfRunning } from './embedded/server.ts';
import type { StorePlace } from './open.ts';

/** How a PostgreSQL answers somebody who only looks. */
export type ReachedStore =
  | {
      readonly kind: 'answers';
      /** `180004` for 18.4. */
      readonly version: number;
      /** A standby takes no changes. */
      readonly isStandby: boolean;
      /** Sessions that are left for this user. */
      readonly freeSessions: number;
      /** Whether a console has worked in it. */
      readonly isFilled: boolean;
    }
  | { readonly kind: 'silent'; readonly reason: string };

/** Milliseconds. */
const patience = 5000;

/** Asks for what stands there, and migrates nothing. Within seconds. */
export async function reachStore(place: Exclude<StorePlace, { kind: 'embedded' }>): Promise<ReachedStore> {
  try {
    return await ask(place.kind === 'url' ? { connectionString: place.url } : await addressOfRunning(place.folder));
  } catch (error) {
    return { kind: 'silent', reason: isAppError(error) ? error.message : messageOf(error) };
  }
}

async function ask(address: Address): Promise<ReachedStore> {
  const client = new pg.Client({
    ...address,
    connectionTimeoutMillis: patience,
    query_timeout: patience,
    application_name: 'seawall doctor',
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ version: number; standby: boolean; free: number; filled: boolean }>(
      `select current_setting('server_version_num')::int as version, pg_is_in_recovery() as standby,
        to_regclass('jobs.job') is not null as filled,
        (current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
          - (select count(*) from pg_stat_activity where backend_type = 'client backend'))::int as free`,
    );
    const [row] = rows;
    if (row === undefined) throw new Error('PostgreSQL gives no answer.');
    const { version, standby: isStandby, free: freeSessions, filled: isFilled } = row;
    return { kind: 'answers', version, isStandby, freeSessions, isFilled };
  } finally {
    await client.end().catch(() => undefined);
  }
}
