import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { buildDatabase, findFeeds, isOlderAllowed, localSigningKey, readDatabaseInfo } from '#vulnerability/index.ts';
import type { CommandCall } from '../command.ts';
import { run } from './db-import.ts';

const folder = mkdtempSync(join(tmpdir(), 'seawall-import-'));
const state = join(folder, 'state');
const place = join(state, 'vulnerability.db');
const dates = { old: '2026-11-01T00:00:00.000Z', usual: '2026-11-02T00:00:00.000Z', fresh: '2026-11-03T00:00:00.000Z' };

beforeAll(async () => {
  const feeds = join(folder, 'feeds');
  const all = findFeeds(process.env, join(import.meta.dirname, '../../../..')) ?? '';
  mkdirSync(feeds);
  cpSync(join(all, 'NuGet'), join(feeds, 'NuGet'), { recursive: true });
  const signingKey = localSigningKey(join(state, 'keys'));
  for (const [name, date] of Object.entries(dates))
    await buildDatabase({ feeds, out: join(folder, `${name}.db`), clock: () => new Date(date), signingKey });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeEach(async () => {
  rmSync(place, { force: true });
  rmSync(`${place}.older`, { force: true });
  await call('usual');
});

async function call(
  name: keyof typeof dates | 'absent',
  { older = false, answer }: { older?: boolean; answer?: boolean } = {},
): Promise<readonly string[]> {
  const asked: string[] = [];
  const ask = async (question: string): Promise<boolean> => asked.push(question) > 0 && answer === true;
  const terminal: CommandCall['terminal'] = {
    colour: false,
    progress: false,
    columns: 80,
    out: () => undefined,
    err: () => undefined,
    ...(answer === undefined ? {} : { ask }),
  };
  const options = older ? { older } : {};
  const env = { SEAWALL_STATE: state };
  expect(await run({ arguments: [join(folder, `${name}.db`)], options, terminal, env, program: [] })).toBe(0);
  return asked;
}

const inUse = (): string => readDatabaseInfo(place, []).builtAt;

test('a newer database, and one of the same age, is taken without a word', async () => {
  expect(await call('usual', { answer: false })).toEqual([]);
  expect(await call('fresh', { answer: false })).toEqual([]);
  expect(inUse()).toBe(dates.fresh);
});

test('an older one is refused where nobody can be asked, and where the answer is no', async () => {
  await expect(call('old')).rejects.toMatchObject({ code: 'database-older', next: expect.stringContaining('--older') });
  await expect(call('old', { answer: false })).rejects.toMatchObject({ code: 'database-older' });
  expect(inUse()).toBe(dates.usual);
  expect(isOlderAllowed(place, { builtAt: dates.old })).toBe(false);
});

test('an older one is taken by --older, and by a yes', async () => {
  expect(await call('old', { older: true, answer: false })).toEqual([]);
  expect(inUse()).toBe(dates.old);
  expect(isOlderAllowed(place, { builtAt: dates.old })).toBe(true);
  await call('fresh');
  const [question] = await call('usual', { answer: true });
  expect(question).toMatch(new RegExp(`${dates.usual}.*${dates.fresh}`));
  expect(inUse()).toBe(dates.usual);
});

test('a file that does not exist is named, with what to name instead', async () => {
  const missing = { code: 'database-missing', next: expect.stringContaining('built elsewhere') };
  await expect(call('absent')).rejects.toMatchObject(missing);
  expect(inUse()).toBe(dates.usual);
});
