import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '#base/index.ts';
import { catalogSchema } from '#catalog/console/index.ts';
import type { Store } from '#store/index.ts';
import { createTestStore } from '#store/testing.ts';
import { createVulnerability, type VulnerabilityService, vulnerabilitySchema } from '#vulnerability/console/index.ts';
import {
  allowOlder,
  buildDatabase,
  findFeeds,
  localSigningKey,
  openDatabase,
  readTrustedKeys,
  threadMatcher,
} from '#vulnerability/index.ts';
import { DatabaseTask } from './database-task.ts';

const root = join(import.meta.dirname, '../../..');
const all = findFeeds(process.env, root) ?? '';
const past = new Date('2026-01-01T00:00:00Z');
const own = process.argv[1];

describe('the vulnerability database of a console', () => {
  let store: Store;
  let state: string;
  let feeds: string;
  let path: string;
  let service: VulnerabilityService;
  let said: string[];
  /** What the real service was asked, in its order. */
  let asked: string[];

  beforeAll(async () => {
    process.argv[1] = join(root, 'src/apps/cli/main.ts');
    store = await createTestStore([catalogSchema, vulnerabilitySchema]);
  });
  afterAll(async () => {
    process.argv[1] = own ?? '';
    await store?.close();
  });

  beforeEach(() => {
    state = mkdtempSync(join(tmpdir(), 'seawall-database-'));
    [path, feeds, said, asked] = [join(state, 'vulnerability.db'), join(state, 'feeds'), [], []];
    mkdirSync(join(feeds, 'NuGet'), { recursive: true });
    cpSync(join(all, 'kev.json'), join(feeds, 'kev.json'));
    symlinkSync(join(all, 'NuGet/all.zip'), join(feeds, 'NuGet/all.zip'));
    const real = createVulnerability({
      store,
      clock: systemClock,
      matcher: threadMatcher(() => readTrustedKeys({ folder: join(state, 'keys'), files: [] })),
    });
    service = {
      ...real,
      useDatabase: (file) => (asked.push('use'), real.useDatabase(file)),
      reportBuilding: (progress) => (asked.push('building'), real.reportBuilding(progress)),
      reportTrouble: (reason) => (asked.push(`trouble ${reason}`), real.reportTrouble(reason)),
    };
    return async () => {
      await real.close();
      rmSync(state, { recursive: true, force: true });
    };
  });

  const taskOf = (
    env: Readonly<Record<string, string>> = { SEAWALL_FEEDS: feeds },
    ended = new AbortController().signal,
  ) =>
    new DatabaseTask({
      path,
      env: { PATH: process.env['PATH'], SEAWALL_STATE: state, XDG_CACHE_HOME: state, ...env },
      checkout: join(state, 'checkout'),
      service,
      ended,
    });
  const ensure = (...which: Parameters<typeof taskOf>) => taskOf(...which).ensure((words) => void said.push(words));
  const age = (file: string) => utimesSync(file, past, past);

  test('is built from a folder of feeds, and used until a feed is newer', async () => {
    expect(await ensure()).toEqual({
      kind: 'ready',
      words: expect.stringMatching(/^[\d,]+ advisories of \d+ sources$/),
    });
    expect(said).toContain('100 %, writing');
    expect(asked.at(-1)).toBe('use');

    for (const file of ['feeds', 'feeds/NuGet', 'feeds/kev.json']) age(join(state, file));
    asked = [];
    await ensure();
    expect(asked).toEqual(['use']);

    writeFileSync(join(feeds, 'NuGet/extra.txt'), '');
    age(join(feeds, 'NuGet'));
    asked = [];
    utimesSync(join(feeds, 'NuGet/extra.txt'), new Date(), new Date());
    age(path);
    await ensure();
    expect(asked).toEqual(['use', 'building', 'use']);
  });

  test('that is there is used while a newer one is made, and speaks for a feed that is damaged', async () => {
    const former = await ensure();
    age(path);
    truncateSync(join(feeds, 'kev.json'), 100);
    asked = [];
    expect(await ensure()).toEqual({
      kind: 'ready',
      words: `${former.words}; kev.json: kev.json cannot be read: it is not valid JSON; what it said before is kept`,
    });
    expect(asked.slice(0, 2)).toEqual(['use', 'building']);
    expect(asked.filter((one) => one.startsWith('trouble'))).toEqual([]);
  });

  test('that somebody else renewed is used once, and one that cannot be used never', async () => {
    const task = taskOf();
    await task.ensure(() => undefined);
    expect(await task.follow()).toBeUndefined();

    cpSync(path, join(state, 'other.db'));
    renameSync(join(state, 'other.db'), path);
    asked = [];
    expect(await task.follow()).toMatchObject({ kind: 'ready' });
    expect(await task.follow()).toBeUndefined();
    expect(asked).toEqual(['use']);

    truncateSync(path, 5000);
    await expect(task.follow()).rejects.toThrow(path);
    expect(await task.follow()).toBeUndefined();
    rmSync(path);
    expect(await task.follow()).toBeUndefined();
    expect(asked).toEqual(['use', 'use']);
  });

  test('that is older than the one in use is taken only where a person wanted it', async () => {
    const task = taskOf();
    await task.ensure(() => undefined);
    const put = async (builtAt: Date): Promise<void> => {
      const out = join(state, 'other.db');
      await buildDatabase({ feeds, out, clock: () => builtAt, signingKey: localSigningKey(join(state, 'keys')) });
      renameSync(out, path);
    };
    asked = [];
    await put(past);
    await expect(task.follow()).rejects.toMatchObject({ code: 'database-older' });
    expect(await task.follow()).toBeUndefined();
    expect(asked).toEqual([]);
    allowOlder(path, { builtAt: '2026-01-02T00:00:00.000Z' });
    await put(past);
    await expect(task.follow()).rejects.toMatchObject({ code: 'database-older' });
    allowOlder(path, { builtAt: past.toISOString() });
    await put(past);
    expect(await task.follow()).toMatchObject({ kind: 'ready' });
    await put(new Date(past.getTime() - 1));
    await expect(task.follow()).rejects.toMatchObject({ code: 'database-older' });
    await put(past);
    expect(await task.follow()).toMatchObject({ kind: 'ready' });
  });

  test('that is damaged is made again, and says so', async () => {
    await ensure();
    truncateSync(path, 5000);
    asked = [];
    expect((await ensure()).kind).toBe('ready');
    expect(said.find((words) => words.startsWith('The database is made again: '))).toContain(path);
    expect(asked.at(-1)).toBe('use');
    expect(() => openDatabase(path, { trustedKeys: [], allowUnsigned: true }).close()).not.toThrow();
  });

  test('without feeds and network is missing, in exactly one sentence and the next command', async () => {
    const offline = { NODE_USE_ENV_PROXY: '1', HTTPS_PROXY: 'http://127.0.0.1:9' };
    const outcome = await ensure(offline);
    expect(outcome).toEqual({
      kind: 'missing',
      words: expect.stringMatching(
        /^The public feeds cannot be reached: [^.]*127\.0\.0\.1:9, asked for https:\S+\. Set SEAWALL_FEEDS to a folder of OSV dumps, or try again online\.$/,
      ),
    });
    expect(asked).toEqual([`trouble ${outcome.words}`]);
    expect(existsSync(path)).toBe(false);
  });

  test('without the feeds that were named is missing, and names them', async () => {
    const outcome = await ensure({ SEAWALL_FEEDS: join(state, 'nowhere') });
    expect(outcome).toEqual({ kind: 'missing', words: expect.stringContaining(join(state, 'nowhere')) });
  });

  test('is not half written when the console ends during its build', async () => {
    const ending = new AbortController();
    const outcome = ensure({ SEAWALL_FEEDS: all }, ending.signal);
    await expect.poll(() => said.length, { timeout: 20_000 }).toBeGreaterThan(0);
    ending.abort();
    expect((await outcome).kind).toBe('missing');
    expect(readdirSync(state).filter((name) => name.endsWith('.db'))).toEqual([]);
    expect(asked.filter((one) => one.startsWith('trouble') || one === 'use')).toEqual([]);
  });
});
