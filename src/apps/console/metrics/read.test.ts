import { sql } from 'kysely';
import { afterAll, expect, test } from 'vitest';
import { accessSchema } from '#access/console/index.ts';
import { systemClock } from '#base/index.ts';
import { createTestStore } from '#store/testing.ts';
import { consoleSchemas } from '../compose.ts';
import { consoleMetrics } from './list.ts';
import { readConsoleSamples } from './read.ts';

const store = await createTestStore(consoleSchemas);
afterAll(() => store.close());

const measured = { store, clock: systemClock, endedByLimits: () => 3 };

async function valueOf(name: string): Promise<number | undefined> {
  return (await readConsoleSamples(measured)).find((sample) => sample.name === name)?.value;
}

/** Counted as requests come in, or not there in an empty store. */
const others = /^seawall_(?:http_|vulnerability_database_built_|feed_|backup_)/;

test('gives each metric of its list', async () => {
  const given = new Set((await readConsoleSamples(measured)).map(({ name }) => name));
  const listed = consoleMetrics.map(({ name }) => name).filter((name) => !others.test(name));
  expect(listed.filter((name) => !given.has(name))).toEqual([]);
});

test('says that the database is away only when it does not answer', async () => {
  expect(await valueOf('seawall_database_up')).toBe(1);
  expect(await valueOf('seawall_sessions')).toBe(0);
  await sql`drop table access.session cascade`.execute(store.query(accessSchema));
  await expect(readConsoleSamples(measured)).rejects.toThrow('does not exist');
  await store.close();
  expect(await valueOf('seawall_database_up')).toBe(0);
  expect(await valueOf('seawall_tasks_ended_by_limits_total')).toBe(3);
  expect(await valueOf('seawall_sessions')).toBeUndefined();
});
