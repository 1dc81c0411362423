import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DomainSchema, fact, type Store, when, whenDistinct } from './store.ts';
import { createTestStore } from './testing.ts';

interface Boat {
  readonly id: number;
  readonly name: string;
}

const boats: DomainSchema<{ boat: Boat }> = {
  name: 'boats',
  migrations: {
    '1-boat': {
      up: async (db) => {
        await db.schema.createTable('boat').addColumn('id', 'bigint').addColumn('name', 'text').execute();
      },
    },
    '2-unique': {
      up: async (db) => {
        await sql`create unique index boat_by_id on boat (id)`.execute(db);
      },
    },
  },
};

const launched = fact<{ readonly id: number }>('boat-launched');

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
}

it('takes over what waits under the former name of a reaction, and what a dead console had begun', async () => {
  const store = await createTestStore([boats]);
  try {
    const database = store.query(boats);
    const options = JSON.stringify({ policy: 'standard', retryLimit: 12, retryDelay: 1, retryBackoff: false });
    for (const name of ['first.note', 'former.note'])
      await sql`select jobs.create_queue(${name}, ${options}::jsonb)`.execute(database);
    for (const [id, state, name] of [
      [1, 'created', 'former.note'],
      [2, 'active', 'former.note'],
      [3, 'completed', 'former.note'],
      [4, 'created', 'first.note'],
    ] as const)
      await sql`insert into jobs.job (name, data, state, retry_limit, started_on)
        values (${name}, ${JSON.stringify({ id })}, ${state}, 12, now())`.execute(database);
    const heard: number[] = [];
    const reaction = when(launched, 'new.note', async ({ id }) => void heard.push(id));
    await store.start([{ ...reaction, formerly: ['former.note', 'first.note'] }]);
    await until(() => heard.length === 3);
    expect(heard.toSorted()).toEqual([1, 2, 4]);
    expect(
      (await sql`select from jobs.queue where name in ('former.note', 'first.note')`.execute(database)).rows,
    ).toEqual([]);
  } finally {
    await store.close();
  }
});

it('deals with equal facts that wait as with one, where a reaction says so', async () => {
  const store = await createTestStore([boats]);
  const begun = Promise.withResolvers<void>();
  const goOn = Promise.withResolvers<void>();
  try {
    const heard: number[] = [];
    await store.start([
      whenDistinct(launched, 'distinct.note', async ({ id }) => {
        heard.push(id);
        begun.resolve();
        await goOn.promise;
      }),
    ]);
    const announce = (id: number) => store.transaction((transaction) => transaction.announce(launched, { id }));
    await announce(1);
    await begun.promise;
    for (const id of [2, 1, 2, 2, 1]) await announce(id);
    goOn.resolve();
    await store.idle();
    expect([heard[0], heard.slice(1).toSorted()]).toEqual([1, [1, 2]]);
  } finally {
    await store.close();
  }
});

it('tells listeners of a fact once it is committed, without a job, and drops the queue that told before', async () => {
  const store = await createTestStore([boats]);
  try {
    const database = store.query(boats);
    await sql`select jobs.create_queue('show-boats', '{"policy":"standard"}'::jsonb)`.execute(database);
    await sql`insert into jobs.job (name, data) values ('show-boats', '{"id":1}')`.execute(database);
    const heard: unknown[] = [];
    await store.listen('pages', (message) => void heard.push(message));
    const message = { kind: 'boats-changed' };
    await store.start([], [{ fact: launched, channel: 'pages', message, formerly: 'show-boats' }]);
    const announce = (id: number) => store.transaction((transaction) => transaction.announce(launched, { id }));
    const failing = store.transaction(async (transaction) => {
      await transaction.announce(launched, { id: 2 });
      throw new Error('not committed');
    });
    await expect(failing).rejects.toThrow('not committed');
    await announce(3);
    await until(() => heard.length > 0);
    expect(heard).toEqual([message]);
    expect((await sql`select from jobs.job`.execute(database)).rows).toEqual([]);
    expect((await sql`select from jobs.queue where name = 'show-boats'`.execute(database)).rows).toEqual([]);
  } finally {
    await store.close();
  }
});

it('is idle when no reaction is left, those of reactions included', async () => {
  const store = await createTestStore([boats]);
  const moored = fact<{ readonly id: number }>('boat-moored');
  try {
    const done: string[] = [];
    const slowly = (what: string) => async (): Promise<void> => {
      await new Promise((resolve) => setTimeout(resolve, 50));
      done.push(what);
    };
    await store.start([
      when(launched, 'idle.first', async ({ id }) => {
        await slowly('first')();
        await store.transaction((transaction) => transaction.announce(moored, { id }));
      }),
      when(moored, 'idle.second', slowly('second')),
    ]);
    await store.idle();
    await store.transaction((transaction) => transaction.announce(launched, { id: 1 }));
    await store.idle();
    expect(done).toEqual(['first', 'second']);
  } finally {
    await store.close();
  }
});

it('asks the database little while nothing happens, however many reactions there are', {
  timeout: 30_000,
}, async () => {
  const store = await createTestStore([boats]);
  try {
    const reactions = Array.from({ length: 50 }, (_, at) => when(launched, `note-${at}`, async () => undefined));
    await store.start(reactions);
    const asked = async (): Promise<number> => {
      const { rows } = await sql<{ readonly calls: number }>`select sum(xact_commit)::int as calls
        from pg_stat_database where datname = current_database()`.execute(store.query(boats));
      return Number(rows[0]?.calls);
    };
    const rest = 3000;
    for (let before = await asked(), calls = Infinity; calls >= reactions.length; ) {
      await new Promise((resolve) => setTimeout(resolve, rest));
      const now = await asked();
      [calls, before] = [now - before, now];
    }
  } finally {
    await store.close();
  }
});

describe('the store', () => {
  let store: Store;
  const first: number[] = [];
  const second: number[] = [];
  let refusals = 1;

  beforeAll(async () => {
    store = await createTestStore([boats]);
    await store.transaction((transaction) => transaction.announce(launched, { id: 0 }));
    await store.start([
      when(launched, 'first.note', async ({ id }) => {
        first.push(id);
      }),
      when(launched, 'second.note', async ({ id }) => {
        if (id === 2 && refusals-- > 0) throw new Error('not yet');
        second.push(id);
      }),
    ]);
  });
  afterAll(() => store.close());

  it('keeps a fact announced before the start for the reactions that come later', async () => {
    await until(() => first.includes(0) && second.includes(0));
    expect(first).toEqual([0]);
  });

  it('commits rows and facts together, and brings the fact to every reaction', async () => {
    await store.transaction(async (transaction) => {
      await transaction.query(boats).insertInto('boat').values({ id: 1, name: 'Gull' }).execute();
      await transaction.announce(launched, { id: 1 });
    });
    await until(() => first.includes(1) && second.includes(1));
    expect(await store.query(boats).selectFrom('boat').selectAll().execute()).toEqual([{ id: 1, name: 'Gull' }]);
  });

  it('drops rows, facts and notices of a transaction that fails', async () => {
    const heard: unknown[] = [];
    const stop = await store.listen('boats', (message) => heard.push(message));
    const work = store.transaction(async (transaction) => {
      await transaction.query(boats).insertInto('boat').values({ id: 9, name: 'Wreck' }).execute();
      await transaction.announce(launched, { id: 9 });
      await transaction.notify('boats', { id: 9 });
      throw new Error('storm');
    });
    await expect(work).rejects.toThrow('storm');
    await store.transaction(async (transaction) => {
      await transaction.announce(launched, { id: 3 });
      await transaction.notify('boats', { id: 3 });
    });
    await until(() => first.includes(3) && second.includes(3) && heard.length > 0);
    await stop();
    expect([heard, first.includes(9), second.includes(9)]).toEqual([[{ id: 3 }], false, false]);
    expect(await store.query(boats).selectFrom('boat').where('id', '=', 9).selectAll().execute()).toEqual([]);
  });

  // Before the workers' own poll, a minute apart.
  it('tries a failed reaction again, without repeating the others', { timeout: 30_000 }, async () => {
    await store.transaction((transaction) => transaction.announce(launched, { id: 2 }));
    await until(() => second.includes(2));
    expect(first.filter((id) => id === 2)).toEqual([2]);
  });

  it('lets one at a time work under a lock', async () => {
    const steps: string[] = [];
    const turn = (name: string): Promise<void> =>
      store.transaction(async (transaction) => {
        await transaction.lock('harbour');
        steps.push(`${name} in`);
        await new Promise((resolve) => setTimeout(resolve, 20));
        steps.push(`${name} out`);
      });
    await Promise.all([turn('a'), turn('b')]);
    expect(steps.map((step) => step.slice(2))).toEqual(['in', 'out', 'in', 'out']);
  });

  it('refuses a notice that PostgreSQL would not carry', async () => {
    const long = { text: 'ä'.repeat(4_000) };
    await expect(store.transaction((transaction) => transaction.notify('boats', long))).rejects.toThrow('7900 bytes');
  });

  it('gives bigints and counts as numbers', async () => {
    const row = await store
      .query(boats)
      .selectFrom('boat')
      .select((is) => is.fn.countAll<number>().as('n'))
      .executeTakeFirst();
    expect(row).toEqual({ n: 1 });
  });

  it('leaves no session behind when it cannot listen', async () => {
    // Of its own, which never listened before.
    const store = await createTestStore([boats]);
    for (let n = 0; n < 5; n++) await expect(store.listen('', () => undefined)).rejects.toThrow();
    const heard: unknown[] = [];
    const stop = await store.listen('after-failures', (message) => heard.push(message));
    const { rows } = await sql<{ readonly count: number }>`select count(*) from pg_stat_activity
      where application_name = 'seawall-listen' and datname = current_database()`.execute(store.query(boats));
    expect(Number(rows[0]?.count)).toBe(1);
    await store.transaction((transaction) => transaction.notify('after-failures', { n: 1 }));
    await until(() => heard.length === 1);
    await stop();
    await store.close();
  });
});
