import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { silentLog } from '#base/index.ts';
import { AdmittedContainers } from './admitted.ts';

const [one, two] = ['a1', 'b2'].map((byte) => byte.repeat(32)) as [string, string];
const minute = 60_000;
const nobody = new Set<string>();

let folder = '';
let file = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'seawall-admitted-'));
  file = join(folder, 'admitted.json');
});
afterEach(() => rmSync(folder, { recursive: true }));

function open(): AdmittedContainers {
  return new AdmittedContainers(file, silentLog);
}

/** Let start an hour ago. */
async function withStarts(): Promise<AdmittedContainers> {
  const admitted = open();
  const at = new Date(Date.now() - 60 * minute);
  await Promise.all([one, two].map((id) => admitted.admit(id, { at, bundle: undefined })));
  return admitted;
}

function known(admitted: AdmittedContainers): readonly string[] {
  return [one, two].filter((id) => admitted.of(id) !== undefined);
}

test('while the engine is away, or lists nothing for a moment, nothing is forgotten', async () => {
  const admitted = await withStarts();
  for (const [at, present] of [
    [0, undefined],
    [20, nobody],
    [40, undefined],
    [45, nobody],
    [74, nobody],
    [74.5, new Set([one, two])],
    [75, nobody],
    [100, nobody],
  ] as const)
    admitted.keepOnly(present, at * minute);
  expect(known(admitted)).toEqual([one, two]);
});

test('what an engine that can be read has long been without is forgotten, on the disk too', async () => {
  const admitted = await withStarts();
  for (let at = 0; at <= 30; at += 0.5) admitted.keepOnly(new Set([two]), at * minute);
  expect(known(admitted)).toEqual([two]);
  await expect.poll(() => readFileSync(file, 'utf8')).not.toContain(one);
  expect(known(open())).toEqual([two]);
});

test('a start of a container that had gone is known as long as the first', async () => {
  const admitted = await withStarts();
  admitted.keepOnly(nobody, 0);
  await admitted.admit(one, { at: new Date(), bundle: undefined });
  admitted.keepOnly(nobody, 25 * minute);
  admitted.keepOnly(nobody, 31 * minute);
  expect(known(admitted)).toEqual([one]);
});

test('is known after a restart, and since when', async () => {
  const before = new Date();
  const since = (await withStarts()).since();
  const again = open();
  expect(known(again)).toEqual([one, two]);
  expect(again.since()).toEqual(since);
  expect(since?.getTime()).toBeGreaterThanOrEqual(before.getTime());
});

test('a file from before it said since when is believed whole', () => {
  writeFileSync(file, JSON.stringify({ form: 1, containers: [{ id: one, at: '2026-11-24T10:00:00Z' }] }));
  expect([known(open()), open().since()]).toEqual([[one], undefined]);
});

test.each(['', '{"form":1,"containers":[{"id":"a1', '{"form":2}'])(
  'a damaged file (%s) makes nothing certain from before',
  async (text) => {
    writeFileSync(file, text);
    const opened = new Date();
    const admitted = open();
    expect(admitted.since()?.getTime()).toBeGreaterThanOrEqual(opened.getTime());
    await admitted.admit(one, { at: new Date(), bundle: undefined });
    expect(open().since()).toEqual(admitted.since());
  },
);

test('what cannot be kept is known while the agent runs, and said; what lacks it goes', async () => {
  const admitted = await withStarts();
  mkdirSync(join(folder, 'admitted.json.partial'));
  await admitted.admit('c3'.repeat(32), { at: new Date(), bundle: undefined });
  expect(admitted.of('c3'.repeat(32))).toBeDefined();
  expect(admitted.fault()).toContain('cannot be kept: EISDIR');
  expect(existsSync(file)).toBe(false);
  rmSync(join(folder, 'admitted.json.partial'), { recursive: true });
  await admitted.admit(one, { at: new Date(), bundle: undefined });
  expect(admitted.fault()).toBeUndefined();
  expect(open().of('c3'.repeat(32))).toBeDefined();
});
