import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type ImageDigest, silentLog } from '#base/index.ts';
import type { BehaviourFact } from '../contract.ts';
import { EvidenceStore } from './evidence-store.ts';

const key = { digest: `sha256:${'a'.repeat(64)}` as ImageDigest, entrypoint: ['/bin/web'] };
const hour = 3_600_000;
const noon = Date.parse('2026-11-24T12:00:00Z');
let folder = '';
let told: BehaviourFact[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'seawall-evidence-'));
  told = [];
});
afterEach(() => rmSync(folder, { recursive: true }));

function open({ bucketSeconds = 3600, disk = 'well' as 'well' | 'full' } = {}): EvidenceStore {
  return new EvidenceStore({
    folder,
    bucketSeconds: () => bucketSeconds,
    async send(fact) {
      if (disk === 'full') throw new Error('No space left.');
      told.push(fact);
    },
    log: silentLog,
    lag: 1,
  });
}

test('what was learned outlives the process, and is told whole by the next when this one could not', async () => {
  const first = open({ disk: 'full' });
  first.learner(key).start(noon);
  await first.tell();
  await first.saved();
  const second = open();
  second.learner(key);
  await second.tell();
  expect(told).toMatchObject([{ key, evidence: { starts: { old: false, bits: expect.any(String) } } }]);
});

test('only what changed is told, and nothing twice', async () => {
  const store = open();
  store.learner(key).start(noon);
  await store.tell();
  store.learner(key).lose('process', noon);
  await store.tell();
  await store.tell();
  expect(told.map(({ evidence }) => Object.keys(evidence.dimensions))).toEqual([[], ['process']]);
  store.repeat();
  await store.tell();
  expect(told[2]?.evidence).toMatchObject({ starts: { bits: expect.any(String) }, dimensions: { process: {} } });
});

test('it is told with the containers of the last day, and of each environment that a label chose apart', async () => {
  let now = noon;
  const store = new EvidenceStore({
    folder,
    bucketSeconds: () => 3600,
    send: async (fact) => void told.push(fact),
    log: silentLog,
    lag: 1,
    now: () => now,
  });
  const tellOf = async (container: string, chosen?: string) => {
    store.learner(key, { container, chosen }).start(now);
    now += hour;
    await store.tell();
    return told.at(-1)?.containers;
  };
  expect(await tellOf('a')).toEqual(['a']);
  expect(await tellOf('b')).toEqual(['b', 'a']);
  expect(await tellOf('c', 'dev')).toEqual(['c']);
  now += 24 * hour;
  expect(await tellOf('d')).toEqual(['d']);
  expect(told).toHaveLength(4);
});

test('evidence of an image that is gone is removed a week later, or when it says nothing any more', async () => {
  const days = (count: number) => Date.now() + count * 24 * hour;
  const first = open({ disk: 'full' });
  const other = { digest: `sha256:${'b'.repeat(64)}` as ImageDigest, entrypoint: ['/bin/other'] };
  for (const one of [key, other]) first.learner(one).start(noon);
  await first.saved();
  const told = open();
  told.learner(key);
  await told.tell();
  await told.saved();
  const files = () => readdirSync(folder).length;
  const after = open();
  after.learner(other);
  for (const [held, at, left] of [
    [true, days(60), 2],
    [false, days(6), 2],
    [false, days(8), 1],
  ] as const) {
    await after.prune(() => held, at);
    expect([at, files()]).toEqual([at, left]);
  }
  const later = open();
  await later.prune(() => false, days(8));
  expect(files()).toBe(1);
  await later.prune(() => false, days(43));
  expect(files()).toBe(0);
});

test('hours of another length, and a torn file, say nothing', async () => {
  const first = open();
  first.learner(key).start(noon);
  await first.saved();
  expect(open({ bucketSeconds: 5 }).learner(key).evidence().starts.bits).toBeUndefined();
  expect(open().learner(key).evidence().starts.bits).toBeDefined();
  for (const name of readdirSync(folder)) writeFileSync(join(folder, name), 'torn');
  expect(open().learner(key).evidence().starts.bits).toBeUndefined();
});
