import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { silentLog } from '#base/index.ts';
import { SaveFaults } from './save-faults.ts';
import { Saves } from './saves.ts';

let written: string[] = [];
let atOnce = 0;
let mostAtOnce = 0;
let broken = new Set<string>();
let faults: SaveFaults;
let saves: Saves;
beforeEach(() => {
  vi.useFakeTimers();
  [written, atOnce, mostAtOnce, broken] = [[], 0, 0, new Set()];
  faults = new SaveFaults(silentLog, () => Date.now());
  saves = new Saves({ what: 'evidence', write, faults, lag: 100 });
});
afterEach(async () => {
  broken.clear();
  vi.useRealTimers();
  await saves.close();
});

async function write(id: string): Promise<void> {
  atOnce += 1;
  mostAtOnce = Math.max(mostAtOnce, atOnce);
  await Promise.resolve();
  atOnce -= 1;
  if (broken.has(id)) throw Object.assign(new Error(`No space for ${id}.`), { code: 'ENOSPC' });
  written.push(id);
}

/** What the promise gives, as soon as it is settled. */
function outcome(saved: Promise<string>): { value: string | undefined } {
  const seen: { value: string | undefined } = { value: undefined };
  void saved.then((value) => (seen.value = value));
  return seen;
}

const pass = (milliseconds: number) => vi.advanceTimersByTimeAsync(milliseconds);

test('writes are never two at once, whoever asks for them', async () => {
  for (const id of ['a', 'b', 'c']) saves.touch(id);
  const asked = ['a', 'b', 'c', 'a'].map((id) => outcome(saves.saved(id)));
  const flushed = [saves.flush(), saves.flush()];
  for (const id of ['a', 'b']) saves.touch(id);
  saves.saveSoon();
  await pass(500);
  await Promise.all(flushed);
  expect(asked.map(({ value }) => value)).toEqual(['saved', 'saved', 'saved', 'saved']);
  expect(mostAtOnce).toBe(1);
});

test('what changes during a write is written again before it counts as saved', async () => {
  saves.touch('a');
  const flushed = saves.flush();
  await Promise.resolve();
  saves.touch('a');
  const saved = outcome(saves.saved('a'));
  await flushed;
  expect([written.length, saved.value, saves.isPending('a')]).toEqual([1, undefined, true]);
  await pass(200);
  expect([written.length, saved.value, saves.isPending('a')]).toEqual([2, 'saved', false]);
});

test('one that fails is tried again until it can be written, and holds up no other', async () => {
  broken.add('a');
  for (const id of ['a', 'b']) saves.touch(id);
  const [bad, good] = [outcome(saves.saved('a')), outcome(saves.saved('b'))];
  await pass(300);
  expect([bad.value, good.value]).toEqual([undefined, 'saved']);
  const later = outcome(saves.saved('a'));
  broken.clear();
  await pass(1000);
  expect([bad.value, later.value, faults.state()]).toEqual(['saved', 'saved', undefined]);
});

test('after some seconds nobody waits for it any more, and it is written once the disk is well', async () => {
  broken.add('a');
  saves.touch('a');
  const bad = outcome(saves.saved('a'));
  await pass(12_000);
  expect(bad.value).toBe('failing');
  saves.touch('a');
  const next = outcome(saves.saved('a'));
  await pass(0);
  expect(next.value).toBe('failing');
  broken.clear();
  await pass(5100);
  expect([written, saves.isPending('a'), faults.state()]).toEqual([['a'], false, undefined]);
});

test('a cause is logged once, and shown since it began until it ends', async () => {
  const said: string[] = [];
  const log = { ...silentLog, error: (_: object, text: string) => void said.push(text) };
  const [one, other] = ['EIO', 'ENOSPC'].map((code) => Object.assign(new Error(code), { code }));
  let now = 1000;
  const known = new SaveFaults(log, () => now++);
  for (let count = 0; count < 5; count++) known.fails('evidence a', one);
  known.fails('evidence b', one);
  expect([said.length, known.state()]).toEqual([1, { reason: 'EIO', since: 1000 }]);
  known.fails('containers', other);
  expect(said).toHaveLength(2);
  known.ends('evidence a');
  expect(known.state()).toEqual({ reason: 'EIO', since: 1001 });
  for (const what of ['evidence b', 'containers']) known.ends(what);
  expect(known.state()).toBeUndefined();
});
