import { type Kysely, sql } from 'kysely';

/** What the store measures of itself, at the moment when it is asked. */
export interface StoreHealth {
  /** Of PostgreSQL: `18.4`. */
  readonly version: string;
  /** What its data takes on disk. */
  readonly bytes: number;
  readonly work: {
    /** Reactions that are due and not begun, and those that failed and will be tried again. */
    readonly waiting: number;
    readonly retrying: number;
    /** Given up in the last 24 hours. */
    readonly failed: number;
    /** How long the oldest of those that wait has waited. Missing: none waits. */
    readonly oldestSeconds?: number;
  };
}

interface Row extends Omit<StoreHealth['work'], 'oldestSeconds'> {
  readonly version: string;
  readonly bytes: string;
  readonly oldest: number | null;
}

/** Asks PostgreSQL for its version and size, and the job queue for what is left to do. */
export async function readHealth(kysely: Kysely<unknown>): Promise<StoreHealth> {
  const { rows } = await sql<Row>`
    select current_setting('server_version') as version, pg_database_size(current_database()) as bytes,
      count(*) filter (where state = 'created' and start_after <= jobs.job_now())::int as waiting,
      count(*) filter (where state = 'retry')::int as retrying,
      count(*) filter (where state = 'failed' and completed_on > jobs.job_now() - interval '1 day')::int as failed,
      extract(epoch from jobs.job_now() - min(created_on) filter (where state < 'active'))::float8 as oldest
    from jobs.job where state < 'active' or state = 'failed'`.execute(kysely);
  const [row] = rows;
  if (row === undefined) throw new Error('A sum has a row.');
  const { version, bytes, waiting, retrying, failed, oldest } = row;
  const oldestSeconds = oldest === null ? {} : { oldestSeconds: Math.max(0, oldest) };
  return {
    version: version.split(' ')[0] ?? version,
    bytes: Number(bytes),
    work: { waiting, retrying, failed, ...oldestSeconds },
  };
}
