import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type ImageDigest, silentLog } from '#base/index.ts';
import type { BehaviourFact } from '../contract.ts';
import { wantedIdOf } from '../model-id.ts';
import { EvidenceStore, type EvidenceStoreOptions } from './evidence-store.ts';
import { SaveFaults } from './saves/save-faults.ts';

const key = { digest: `sha256:${'a'.repeat(64)}` as ImageDigest, entrypoint: ['/bin/web'] };
const hour = 3_600_000;
const pace = { firstPause: 5, longestPause: 20, patience: 60 };
const noon = Date.parse('2026-11-24T12:00:00Z');
let folder = '';
let reported: BehaviourFact[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'seawall-evidence-'));
  reported = [];
});
afterEach(() => rmSync(folder, { recursive: true }));

function open(options: Parameters<typeof optionsOf>[0] = {}): EvidenceStore {
  return new EvidenceStore(optionsOf(options));
}

function optionsOf({ bucketSeconds = 3600, disk = 'well' as 'well' | 'full' } = {}): EvidenceStoreOptions {
  return {
    folder,
    bucketSeconds: () => bucketSeconds,
    async send(fact) {
      if (disk === 'full') throw new Error('No space left.');
      reported.push(fact);
    },
    faults: new SaveFaults(silentLog),
    log: silentLog,
    lag: 1,
    pace,
  };
}

test('what was learned outlives the process, and is told whole by the next when this one could not', async () => {
  const first = open({ disk: 'full' });
  first.learner(key).start(noon);
  await first.report();
  await first.saved(key);
  const second = open();
  second.learner(key);
  await second.report();
  expect(reported).toMatchObject([{ key, evidence: { starts: { old: false, bits: expect.any(String) } } }]);
});

test('only what changed is told, and nothing twice', async () => {
  const store = open();
  store.learner(key).start(noon);
  await store.report();
  store.learner(key).lose('process', noon);
  await store.report();
  await store.report();
  expect(reported.map(({ evidence }) => Object.keys(evidence.dimensions))).toEqual([[], ['process']]);
  store.repeat();
  await store.report();
  expect(reported[2]?.evidence).toMatchObject({ starts: { bits: expect.any(String) }, dimensions: { process: {} } });
});

test('it is told with the containers of the last day, and of each environment that a label chose apart', async () => {
  let now = noon;
  const store = new EvidenceStore({
    folder,
    bucketSeconds: () => 3600,
    send: async (fact) => void reported.push(fact),
    faults: new SaveFaults(silentLog),
    log: silentLog,
    lag: 1,
    now: () => now,
  });
  const reportOf = async (container: string, chosen?: string) => {
    store.learner(key, { container, chosen }).start(now);
    now += hour;
    await store.report();
    return reported.at(-1)?.containers;
  };
  expect(await reportOf('a')).toEqual(['a']);
  expect(await reportOf('b')).toEqual(['b', 'a']);
  expect(await reportOf('c', 'dev')).toEqual(['c']);
  now += 24 * hour;
  expect(await reportOf('d')).toEqual(['d']);
  expect(reported).toHaveLength(4);
});

test('evidence of an image that is gone is removed a week later, or when it says nothing any more', async () => {
  const days = (count: number) => Date.now() + count * 24 * hour;
  const first = open({ disk: 'full' });
  const other = { digest: `sha256:${'b'.repeat(64)}` as ImageDigest, entrypoint: ['/bin/other'] };
  for (const one of [key, other]) first.learner(one).start(noon);
  await first.close();
  const reported = open();
  reported.learner(key);
  await reported.report();
  await reported.saved(key);
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
  await first.saved(key);
  expect(open({ bucketSeconds: 5 }).learner(key).evidence().starts.bits).toBeUndefined();
  expect(open().learner(key).evidence().starts.bits).toBeDefined();
  for (const name of readdirSync(folder)) writeFileSync(join(folder, name), 'torn');
  expect(open().learner(key).evidence().starts.bits).toBeUndefined();
});

const models = Array.from({ length: 8 }, (_, index) => ({ ...key, entrypoint: [`/bin/${index}`] }));

test('saves that are asked for at once, by everybody who asks, all succeed', async () => {
  const store = open();
  const asked: Promise<unknown>[] = [];
  for (let round = 0; round < 20; round++) {
    for (const model of models) {
      store.learner(model).start(noon + round * hour);
      asked.push(store.saved(model));
    }
    asked.push(
      store.release(() => true),
      store.report(),
    );
    await wait(2);
  }
  expect((await Promise.allSettled(asked)).filter(({ status }) => status === 'rejected')).toEqual([]);
  await store.close();
  expect(readdirSync(folder).filter((name) => name.endsWith('.partial'))).toEqual([]);
  const next = open();
  for (const model of models) expect(next.learner(model).evidence()).toEqual(store.learner(model).evidence());
});

test('a disk that fails for a moment costs nothing: it is tried again until all is safe', async () => {
  const store = open();
  const away = `${folder}-away`;
  store.learner(key).start(noon);
  renameSync(folder, away);
  writeFileSync(folder, 'no folder');
  const saved = store.saved(key);
  await wait(30);
  rmSync(folder);
  renameSync(away, folder);
  expect(await saved).toBe('saved');
  expect(open().learner(key).evidence().starts.bits).toBeDefined();
});

test('a model that the disk does not take says so, and holds up no other model', async () => {
  const [bad, good] = [models[0] ?? key, models[1] ?? key];
  const store = open();
  mkdirSync(join(folder, `${wantedIdOf(bad)}.json.zst`, 'in the way'), { recursive: true });
  for (const model of [bad, good]) store.learner(model).start(noon);
  const failing = store.saved(bad);
  expect(await store.saved(good)).toBe('saved');
  expect(await failing).toBe('failing');
  store.learner(bad).lose('process', noon);
  expect(await store.saved(bad)).toBe('failing');
  rmSync(join(folder, `${wantedIdOf(bad)}.json.zst`), { recursive: true });
  await expect.poll(() => open().learner(bad).evidence().dimensions.process).toBeDefined();
  await store.close();
});

test('what is on its way to the console is kept as untold until it is safe', async () => {
  const sent = Promise.withResolvers<void>();
  const store = new EvidenceStore({ ...optionsOf(), send: () => sent.promise });
  store.learner(key).start(noon);
  const reporting = store.report();
  await store.saved(key);
  const second = open();
  second.learner(key);
  await second.report();
  expect(reported).toHaveLength(1);
  sent.resolve();
  await reporting;
  await store.close();
});
