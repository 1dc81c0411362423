import { setTimeout as pause } from 'node:timers/promises';
import { type Kysely, sql } from 'kysely';
import { fromKysely, type JobResult, type JobWithMetadata, PgBoss } from 'pg-boss';
import { type Log, messageOf } from '#base/index.ts';
import { type Address, patience } from './database.ts';
import type { DomainSchema, Notice, Reaction } from './store.ts';

/** Facts on their way to reactions, as jobs in the same database. */
export interface Outbox {
  /** Writes one job for each reaction to each fact; before `start`, the facts themselves, which then wait for it. */
  announce(transaction: Kysely<unknown>, name: string, payloads: readonly object[]): Promise<void>;
  start(kysely: Kysely<unknown>, wanted: Wanted): Promise<void>;
  /** Resolves when no job is due or under way. */
  idle(kysely: Kysely<unknown>): Promise<void>;
  close(): Promise<void>;
}

/** What is done about facts. */
export interface Wanted {
  readonly reactions: readonly Reaction[];
  readonly notices: readonly Notice[];
}

/** `alone`: no other program works on this database, so what is marked as under way was left by a dead one. */
export interface OutboxOptions {
  readonly address: Address;
  readonly workers: 'alone' | 'several';
  readonly log: Log;
}

const year = 365 * 24 * 60 * 60;
/** Twelve tries, 1 s to 5 minutes apart: about 25 minutes. Jobs of a dead console run again after 15 s. */
const queue = {
  notify: true,
  retryLimit: 12,
  retryDelay: 1,
  retryBackoff: true,
  retryDelayMax: 300,
  heartbeatSeconds: 15,
  expireInSeconds: 3600,
  retentionSeconds: 10 * year,
  deleteAfterSeconds: 24 * 60 * 60,
};
/** Of each queue: while one works, the other takes what comes. One alone finds equal facts together. */
const workersEach: Readonly<Record<Reaction['takes'], number>> = { each: 2, many: 2, distinct: 1 };
/** Full batches are followed by the next at once. Workers poll by themselves only while no notices come. */
const working = {
  burstWhenBatchFull: true,
  pollingIntervalSeconds: 1,
  notifyPollingIntervalSeconds: 60,
  includeMetadata: true,
  perJobResults: true,
} as const;

/** Milliseconds between two looks for jobs that became due without a notice, such as those to be tried again. */
const lookEvery = 1000;

/** Milliseconds between two looks whether jobs are left. */
const idlePause = 10;

/** Jobs that a worker takes at once: side by side, so that one computes while another waits, or as one piece of work. */
const batchSizes: Readonly<Record<Reaction['takes'], number>> = { each: 2, many: 50, distinct: 50 };

interface UnclaimedFact {
  readonly id: number;
  readonly fact: string;
  readonly payload: object;
}

/** The store's own tables. */
export const outboxSchema: DomainSchema<{ unclaimed_fact: UnclaimedFact }> = {
  name: 'store',
  migrations: {
    '0001-unclaimed-facts': {
      up: async (db) => {
        await sql`create table unclaimed_fact (
          id bigint generated always as identity primary key, fact text not null, payload jsonb not null)`.execute(db);
      },
    },
  },
  formerNames: { '0001-unclaimed-facts': '2026-11-24-unclaimed-facts' },
};

export function openOutbox({ address, workers, log }: OutboxOptions): Outbox {
  const boss = new PgBoss({
    ...address,
    schema: 'jobs',
    application_name: 'seawall-jobs',
    max: 6,
    ...patience.jobs,
    schedule: false,
    useListenNotify: true,
    superviseIntervalSeconds: 5,
    monitorIntervalSeconds: 5,
    openTelemetry: { enabled: false },
  });
  boss.on('error', (error) => log.warn({ error: messageOf(error) }, 'The job queue met an error.'));
  boss.on('warning', (warning) => log.warn({ warning: warning.message }, 'The job queue warns.'));
  let wanted: Wanted | undefined;
  let look: Looking | undefined;

  async function send(transaction: Kysely<unknown>, name: string, payloads: readonly object[]): Promise<void> {
    const db = fromKysely(transaction);
    const jobs = payloads.map((data) => ({ data }));
    for (const reaction of wanted?.reactions ?? []) {
      if (reaction.fact.name === name) await boss.insert(reaction.name, jobs, { db });
    }
    for (const { fact, channel, message } of wanted?.notices ?? []) {
      if (fact.name === name) await sql`select pg_notify(${channel}, ${JSON.stringify(message)})`.execute(transaction);
    }
  }

  return {
    announce: async (transaction, name, payloads) => {
      if (payloads.length === 0) return;
      if (wanted !== undefined) return send(transaction, name, payloads);
      await sql`insert into store.unclaimed_fact (fact, payload)
        select ${name}, payload from jsonb_array_elements(${JSON.stringify(payloads)}::jsonb) with ordinality
          as announced (payload, place) order by place`.execute(transaction);
    },
    start: async (kysely, { reactions, notices }) => {
      if (wanted !== undefined) throw new Error('The outbox is started twice.');
      const names = reactions.map((reaction) => reaction.name);
      if (new Set(names).size < names.length) throw new Error('Two reactions have one name.');
      await boss.start();
      for (const reaction of reactions) await takeOver(boss, kysely, reaction);
      for (const { formerly } of notices) if (formerly !== undefined) await dropQueue(boss, formerly);
      for (const reaction of reactions) await openQueue(boss, reaction.name, workers);
      wanted = { reactions, notices };
      await kysely.transaction().execute(async (transaction) => {
        const { rows } = await sql<UnclaimedFact>`with claimed as (delete from store.unclaimed_fact returning *)
          select id, fact, payload from claimed order by id`.execute(transaction);
        for (const row of rows) await send(transaction, row.fact, [row.payload]);
      });
      look = lookForDue(boss, await openWorkers(boss, reactions, log));
    },
    idle: untilIdle,
    close: async () => {
      await look?.end();
      if (wanted !== undefined) await boss.stop({ graceful: true, timeout: 3_000 });
    },
  };
}

async function untilIdle(kysely: Kysely<unknown>): Promise<void> {
  while (await isAtWork(kysely)) await pause(idlePause);
}

/** Jobs that wait for their next try do not count: nobody works on them now. */
async function isAtWork(kysely: Kysely<unknown>): Promise<boolean> {
  const { rows } = await sql<{ busy: boolean }>`select exists (select from jobs.job
    where state = 'active' or (state < 'active' and start_after <= jobs.job_now())) as busy`.execute(kysely);
  return rows[0]?.busy ?? false;
}

/** What waits under a reaction's former names, after an upgrade: none of it is lost, and none is done twice. */
async function takeOver(boss: PgBoss, kysely: Kysely<unknown>, { name, formerly = [] }: Reaction): Promise<void> {
  for (const former of formerly) {
    if ((await boss.getQueue(former)) === null) continue;
    if ((await boss.getQueue(name)) === null) await boss.createQueue(name, queue);
    await sql`update jobs.job set name = ${name} where name = ${former} and state in ('created', 'retry', 'active')`.execute(
      kysely,
    );
    await boss.deleteQueue(former);
  }
}

async function dropQueue(boss: PgBoss, name: string): Promise<void> {
  if ((await boss.getQueue(name)) !== null) await boss.deleteQueue(name);
}

async function openQueue(boss: PgBoss, name: string, workers: OutboxOptions['workers']): Promise<void> {
  const existing = await boss.getQueue(name);
  if (existing === null) return boss.createQueue(name, queue);
  await boss.updateQueue(name, queue);
  if (workers === 'several') return;
  const jobs = await boss.findJobs(name, { limit: 100_000 });
  const left = jobs.filter((job) => job.state === 'active').map((job) => job.id);
  if (left.length > 0) await boss.fail(name, left, { message: 'The console that worked on it ended.' });
}

interface Looking {
  end(): Promise<void>;
}

/**
 * Wakes the workers of jobs that are due, whose ids are given by queue: one query for all queues, where each worker would
 * poll its own. A console with nothing to do then costs next to nothing.
 */
function lookForDue(boss: PgBoss, works: ReadonlyMap<string, readonly string[]>): Looking {
  const ending = new AbortController();
  const { signal } = ending;
  const names = [...works.keys()];
  async function lookOn(): Promise<void> {
    for (;;) {
      await pause(lookEvery, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      // A database that does not answer is told of by the queue itself.
      const due = await dueQueues(boss, names).catch(() => []);
      for (const worker of due.flatMap((name) => works.get(name) ?? [])) boss.notifyWorker(worker);
    }
  }
  const ended = lookOn();
  return {
    end: async () => {
      ending.abort();
      await ended;
    },
  };
}

/** Queues with a job that a worker would get now; each is one step into the index that workers use. */
async function dueQueues(boss: PgBoss, names: readonly string[]): Promise<readonly string[]> {
  const statement = `select name from unnest($1::text[]) as name where exists (select from jobs.job
    where job.name = name.name and state < 'active' and not blocked and start_after <= jobs.job_now())`;
  const { rows } = await boss.getDb().executeSql(statement, [names]);
  return rows.map(({ name }: { readonly name: string }) => name);
}

/** Answers the ids of the workers of each queue. */
async function openWorkers(
  boss: PgBoss,
  reactions: readonly Reaction[],
  log: Log,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const workers = new Map<string, string[]>();
  for (const reaction of reactions) {
    const ids: string[] = [];
    while (ids.length < workersEach[reaction.takes]) ids.push(await work(boss, reaction, log));
    workers.set(reaction.name, ids);
  }
  return workers;
}

/** Answers the id of the worker. */
async function work(boss: PgBoss, reaction: Reaction, log: Log): Promise<string> {
  const options = { ...working, batchSize: batchSizes[reaction.takes] };
  return await boss.work<object, void, typeof options>(reaction.name, options, async (jobs) => {
    if (reaction.takes !== 'each' && jobs.length > 1 && (await succeeds(reaction, jobs)))
      return jobs.map(({ id }) => ({ id, status: 'completed' }));
    if (reaction.takes === 'each') return await Promise.all(jobs.map((job) => react(reaction, job, log)));
    const results: JobResult[] = [];
    for (const job of jobs) results.push(await react(reaction, job, log));
    return results;
  });
}

/** All at once. What fails is not told of here: each is tried by itself, and tells. */
async function succeeds(reaction: Reaction, jobs: readonly JobWithMetadata<object>[]): Promise<boolean> {
  try {
    await reaction.react(jobs.map((job) => job.data));
    return true;
  } catch {
    return false;
  }
}

async function react(reaction: Reaction, job: JobWithMetadata<object>, log: Log): Promise<JobResult> {
  try {
    await reaction.react([job.data]);
    return { id: job.id, status: 'completed' };
  } catch (error) {
    const context = { reaction: reaction.name, payload: job.data, tried: job.retryCount + 1, error: messageOf(error) };
    if (job.retryCount < job.retryLimit) log.warn(context, 'A reaction failed and is tried again.');
    else log.error(context, 'A reaction failed for the last time; its job is kept as failed.');
    return { id: job.id, status: 'failed', output: { message: messageOf(error) } };
  }
}
