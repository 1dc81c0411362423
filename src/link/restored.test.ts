import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { silentLog } from '#base/index.ts';
import type { DomainSchema } from '#store/index.ts';
import { type AgentLink, type Identity, joinConsole, openLink, type OpenLinkOptions } from './agent/index.ts';
import { type FactHandler, readAgent } from './console/index.ts';
import { introductionOf, startTestLink, type TestLink } from './console/testing.ts';
import type { FactGap } from './contract.ts';

const seenSchema: DomainSchema<{ seen: { readonly id: number; readonly host: string; readonly n: number } }> = {
  name: 'seen',
  migrations: {
    '1': {
      up: async (db) => {
        await sql`create table seen (id bigint generated always as identity, host text, n integer)`.execute(db);
      },
    },
  },
};
const Count = z.object({ n: z.int() });

describe('the link of a console that was restored, or a standby that lagged', () => {
  let test: TestLink;
  const count: FactHandler = async (transaction, { name }, facts) => {
    const rows = facts.map(({ body }) => ({ host: name, ...Count.parse(body) }));
    await transaction
      .query(seenSchema)
      .insertInto('seen')
      .values(rows as never)
      .execute();
  };

  beforeAll(async () => {
    test = await startTestLink({ handlers: { count }, schemas: [seenSchema] });
  });
  afterAll(() => test.close());

  const joined = async (host: string): Promise<{ readonly identity: Identity; readonly stateFolder: string }> => {
    const stateFolder = await test.newFolder();
    const introduction = introductionOf(host);
    const identity = await joinConsole({ consoleUrl: test.url, token: await test.token(), stateFolder, introduction });
    return { identity, stateFolder };
  };
  const opened = async (
    host: string,
    options: Pick<OpenLinkOptions, 'identity' | 'stateFolder'> & Partial<OpenLinkOptions>,
  ) => {
    const pace = { heartbeat: 200, firstPause: 20, longestPause: 100 };
    const link = await openLink({ introduction: introductionOf(host), log: silentLog, pace, ...options });
    onTestFinished(() => link.close().catch(() => undefined));
    return link;
  };
  const seen = async (host: string) =>
    test.store.query(seenSchema).selectFrom('seen').select('n').where('host', '=', host).orderBy('id').execute();
  const sendSome = async (link: AgentLink, numbersToSend: readonly number[]): Promise<void> => {
    for (const n of numbersToSend) await link.send('count', { n });
  };

  /** What the console stored of a host, as a copy of its data has it. */
  const copied = async (host: string) => {
    const database = test.store.query(seenSchema);
    const facts = await database.selectFrom('seen').selectAll().where('host', '=', host).execute();
    const { rows } = await sql<{
      epoch: string;
      past: string[];
      sequence: number;
    }>`select epoch, past_epochs as past, sequence from link.agent where name = ${host}`.execute(database);
    return { ids: facts.map(({ id }) => id), agent: rows[0] };
  };
  const restore = async (host: string, { ids, agent }: Awaited<ReturnType<typeof copied>>): Promise<void> => {
    const database = test.store.query(seenSchema);
    await sql`delete from seen.seen where host = ${host} and not id = any(${ids}::bigint[])`.execute(database);
    await sql`
      update link.agent set epoch = ${agent?.epoch ?? null}, past_epochs = ${agent?.past ?? []}::uuid[],
        sequence = ${agent?.sequence ?? 0}, gap = null, gap_facts = 0 where name = ${host}`.execute(database);
  };
  const announced = async (host: string) => {
    const { rows } = await sql<{ gap: FactGap }>`
      delete from store.unclaimed_fact where fact = 'facts-missing' and payload->>'host' = ${host}
      returning payload->'gap' as gap`.execute(test.store.query(seenSchema));
    return rows.map(({ gap }) => gap);
  };
  const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);

  it.each(['restarted', 'going on'])(
    'brings a console that was restored everything that it lacks, once and in order, by an agent that is %s',
    async (way) => {
      const host = way === 'restarted' ? 'pier-7' : 'pier-8';
      const place = await joined(host);
      let link = await opened(host, place);
      await sendSome(link, numbers(1, 20));
      await link.flushed();
      const copy = await copied(host);
      await sendSome(link, numbers(21, 300));
      await link.flushed();
      if (way === 'restarted') await link.close();
      // The console is away: nothing is delivered, and it comes back as it was before.
      await restore(host, copy);
      if (way === 'restarted') link = await opened(host, place);
      let asked = 0;
      link.onEpoch(async () => void asked++);
      await sendSome(link, numbers(301, 330));
      await expect.poll(async () => (await seen(host)).length, { timeout: 10_000 }).toBe(330);
      await link.flushed();
      expect((await seen(host)).map(({ n }) => n)).toEqual(numbers(1, 330));
      expect([asked, link.state().lost, await announced(host)]).toEqual([0, 0, []]);
      expect(await readAgent(test.store, host)).not.toHaveProperty('gap');
    },
  );

  it('brings a console that does not know the epoch yet everything of it', async () => {
    const host = 'pier-9';
    const place = await joined(host);
    const copy = await copied(host);
    const link = await opened(host, place);
    await sendSome(link, numbers(1, 50));
    await link.flushed();
    await restore(host, copy);
    await expect.poll(async () => (await seen(host)).length, { timeout: 10_000 }).toBe(50);
    expect((await seen(host)).map(({ n }) => n)).toEqual(numbers(1, 50));
    expect(await announced(host)).toEqual([]);
  });

  it('names what neither has any more, with its bounds, and reports the whole state', async () => {
    const host = 'pier-10';
    const place = await joined(host);
    const link = await opened(host, { ...place, spoolBytes: 200_000 });
    await sendSome(link, numbers(1, 20));
    await link.flushed();
    const copy = await copied(host);
    for (const n of numbers(21, 200)) {
      await link.send('count', { n, fill: 'x'.repeat(3900) });
      if (n % 10 === 0) await link.flushed();
    }
    await link.flushed();
    let asked = 0;
    link.onEpoch(async () => void asked++);
    await restore(host, copy);
    await expect.poll(async () => (await seen(host)).at(-1)?.n, { timeout: 10_000 }).toBe(200);
    await link.flushed();
    const kept = (await seen(host)).map(({ n }) => n).slice(20);
    const first = kept[0] ?? 0;
    // Some was left, and not all.
    expect(first).toBeGreaterThan(100);
    expect(kept.length).toBeGreaterThan(10);
    expect(kept).toEqual(numbers(first, 200));
    const epoch = copy.agent?.epoch;
    const [gap, ...more] = await announced(host);
    expect(gap).toMatchObject({ epoch, first: 21, last: first - 1, from: expect.any(String), to: expect.any(String) });
    expect(more).toEqual([]);
    expect(await readAgent(test.store, host)).toMatchObject({ lost: 0, gap: { facts: first - 21, newest: gap } });
    expect([asked, link.state().lost]).toEqual([1, 0]);
    // It is told once, and goes on.
    await sendSome(link, [201]);
    await link.flushed();
    expect([(await seen(host)).at(-1)?.n, await announced(host)]).toEqual([201, []]);
  });

  it('names what an epoch lost that ended while the console was away', async () => {
    const host = 'pier-11';
    const { identity, stateFolder } = await joined(host);
    const link = await opened(host, { identity, stateFolder });
    await sendSome(link, numbers(1, 10));
    await link.flushed();
    await link.close();
    const { agent } = await copied(host);
    const away = await opened(host, {
      identity: { ...identity, linkUrl: 'https://127.0.0.1:9' },
      stateFolder,
      spoolBytes: 100_000,
    });
    for (const n of numbers(11, 60)) await away.send('count', { n, fill: 'x'.repeat(3900) });
    const { lost } = away.state();
    expect(lost).toBeGreaterThan(0);
    await away.close();
    const back = await opened(host, { identity, stateFolder });
    await back.flushed();
    const [gap, ...more] = await announced(host);
    // It was given up more than once: of the last time the end is known.
    expect([gap, ...more].every((one) => one !== undefined)).toBe(true);
    expect(gap).toMatchObject({ epoch: agent?.epoch, first: 11 });
    expect(await readAgent(test.store, host)).toMatchObject({ lost });
    expect((await seen(host)).slice(10).map(({ n }) => n)).toEqual(numbers(11 + lost, 60));
  });
});
