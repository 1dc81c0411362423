import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { silentLog } from '#base/index.ts';
import type { TrialsStatement } from '../../contract.ts';
import type { LineOfRing, Ring } from './lines.ts';
import { trialDigest } from './names.ts';
import type { RingAnswer, TriedRing } from './ring.ts';
import { TrialBook } from './trial-book.ts';
import { startTrials, type TrialTime } from './trials.ts';

const folder = mkdtempSync(join(tmpdir(), 'seawall-trials-'));
afterAll(() => rmSync(folder, { recursive: true }));

const [second, minute, hour] = [1000, 60_000, 60 * 60_000];
const began = Date.parse('2026-11-24T00:00:00Z');

/** Time that passes as fast as it is waited for, and stands still at its end. */
function timeUntil(end: number): TrialTime & { readonly over: Promise<void>; at: number } {
  const { promise: over, resolve } = Promise.withResolvers<void>();
  const time = {
    at: 0,
    over,
    now: () => new Date(began + time.at),
    passed: () => time.at,
    wait: async (milliseconds: number, signal: AbortSignal): Promise<void> => {
      time.at += milliseconds;
      await turn();
      if (time.at < end) return;
      resolve();
      await new Promise<void>((done) => signal.addEventListener('abort', () => done()));
    },
  };
  return time;
}

function lineOf(check: string, ring: Ring = 1): LineOfRing {
  const start = { image: `seawall-trial:trial@${trialDigest}`, labels: { check }, digest: trialDigest };
  const broken = { host: {} };
  return {
    check,
    ring,
    ask: { kind: 'start', start: { ...start, broken }, proof: { kind: 'words', words: 'refused' } },
  };
}

const refusal: RingAnswer = { kind: 'refused', text: 'refused' };

interface World {
  readonly time: ReturnType<typeof timeUntil>;
  /** What the rings answer to a start that breaks a line. */
  readonly answer?: () => RingAnswer;
  /** Why the rings cannot be asked now. */
  readonly absence?: () => string | undefined;
  /** Before it answers. */
  readonly pause?: () => Promise<void>;
}

/** Rings that write down when they were asked for a start that breaks a line, and how many were asked at once. */
function watchedRings({ time, answer = () => refusal, pause = turn, absence = () => undefined }: World) {
  const asked: { readonly check: string; readonly at: number }[] = [];
  const seen = { now: 0, most: 0 };
  const ring = (number: Ring): TriedRing => ({
    ring: number,
    absence,
    async ask({ broken, labels }) {
      seen.now += 1;
      seen.most = Math.max(seen.most, seen.now);
      if (broken !== undefined) asked.push({ check: labels['check'] ?? '', at: time.at });
      await pause();
      seen.now -= 1;
      return broken === undefined ? { kind: 'let-through' } : answer();
    },
    own: async () => refusal,
  });
  return { asked, seen, rings: { 1: ring(1), 2: ring(2) } };
}

let books = 0;

function begin(lines: () => readonly LineOfRing[], world: World, every?: number) {
  const told: Omit<TrialsStatement, 'host'>[] = [];
  const { asked, seen, rings } = watchedRings(world);
  const book = new TrialBook(join(folder, `${(books += 1)}.json`), silentLog);
  const trials = startTrials({
    lines,
    rings,
    book,
    report: (statement) => void told.push(statement),
    log: silentLog,
    time: world.time,
    ...(every !== undefined && { every }),
  });
  return { told, asked, seen, trials };
}

test('each line is tried at once and then hourly, one at a time, spread, and counted over a day', async () => {
  const time = timeUntil(30 * hour);
  const lines = Array.from({ length: 12 }, (_, at) => lineOf(`CTR-${at}`, at % 2 === 0 ? 1 : 2));
  const { told, asked, seen, trials } = begin(() => lines, { time });
  await time.over;
  await trials.close();
  expect(seen.most).toBe(1);
  const first = asked.slice(0, lines.length);
  expect(new Set(first.map(({ check }) => check)).size).toBe(lines.length);
  expect(first.at(-1)?.at).toBeLessThanOrEqual(lines.length * second);
  const pauses = asked.map(({ at }, place) => at - (asked[place - 1]?.at ?? -hour));
  expect(Math.min(...pauses.slice(1, lines.length)), 'the first round').toBeGreaterThanOrEqual(second);
  expect(Math.min(...pauses.slice(lines.length)), 'every later one').toBeGreaterThanOrEqual(hour / lines.length / 2);
  for (const { check } of lines) {
    const own = asked.filter((one) => one.check === check).map(({ at }) => at);
    const longest = Math.max(...own.map((at, place) => at - (own[place - 1] ?? at)));
    expect(longest, check).toBeLessThanOrEqual(hour + hour / 2);
  }
  const last = told.at(-1);
  expect(last).toMatchObject({ every: 3600 });
  for (const line of last?.lines ?? []) {
    expect(line).toMatchObject({ state: 'refused', untried: 0 });
    expect(line.refused).toBe(line.tried);
    expect([23, 24]).toContain(line.tried);
  }
  expect(last?.lines.length).toBe(lines.length);
  expect(told[0]?.lines.length, 'nothing is told before each was tried').toBe(lines.length);
  expect(told.length, 'counters alone are told every ten minutes at most').toBeLessThanOrEqual(30 * 6 + 1);
});

test('a start that was let through is told before all lines were tried, and again when the ring refuses', async () => {
  const time = timeUntil(3 * hour);
  const lines = Array.from({ length: 40 }, (_, at) => lineOf(`CTR-${at}`));
  const open = (): RingAnswer => (time.at < hour ? { kind: 'let-through' } : refusal);
  const { told, trials } = begin(() => lines, { time, answer: open });
  await time.over;
  await trials.close();
  const [first] = told;
  expect(first?.lines.length).toBeLessThan(lines.length);
  expect(first?.lines.every(({ state }) => state === 'passed')).toBe(true);
  expect(Date.parse(first?.at ?? '') - began).toBeLessThanOrEqual(second);
  expect(told.at(-1)?.lines.every(({ state }) => state === 'refused')).toBe(true);
  expect(told.at(-1)?.lines.every(({ refused, tried }) => refused < tried)).toBe(true);
});

test('a line that comes into force is tried within seconds, and one that goes is no longer told', async () => {
  const time = timeUntil(3 * hour);
  const before = [lineOf('CTR-1'), lineOf('CTR-2')];
  const after = [lineOf('CTR-2'), lineOf('CTR-3')];
  const { told, asked, trials } = begin(() => (time.at < hour + minute ? before : after), { time });
  await time.over;
  await trials.close();
  const come = asked.find(({ check }) => check === 'CTR-3')?.at ?? Number.NaN;
  expect(come - (hour + minute)).toBeLessThanOrEqual(30 * second);
  expect(asked.filter(({ check, at }) => check === 'CTR-1' && at > hour + 2 * minute)).toEqual([]);
  const next = told.find(({ at }) => Date.parse(at) - began > hour + minute);
  expect(next?.lines.map(({ check }) => check)).toEqual(['CTR-2', 'CTR-3']);
});

test('a ring that was away is tried again within minutes of its return, one line after the other', async () => {
  const time = timeUntil(3 * hour);
  const back = hour + 20 * minute;
  const lines = Array.from({ length: 6 }, (_, at) => lineOf(`CTR-${at}`));
  const absence = () => (time.at < back ? 'It is off.' : undefined);
  const { told, asked, trials } = begin(() => lines, { time, absence });
  await time.over;
  await trials.close();
  expect(told[0]?.lines.map(({ reason }) => reason)).toEqual(lines.map(() => 'It is off.'));
  const first = asked.slice(0, lines.length);
  expect(new Set(first.map(({ check }) => check)).size).toBe(lines.length);
  for (const { at } of first) expect(at - back).toBeLessThanOrEqual(hour / 12 + minute);
  const pauses = first.slice(1).map(({ at }, place) => at - (first[place]?.at ?? 0));
  expect(Math.min(...pauses)).toBeGreaterThanOrEqual(second);
  const next = told.find(({ lines: some }) => some.every(({ state }) => state === 'refused'));
  expect(Date.parse(next?.at ?? '') - began - back).toBeLessThanOrEqual(hour / 12 + minute);
  expect(asked.length, 'then hourly again').toBeLessThanOrEqual(lines.length * 3);
});

test('a ring that does not answer is asked twelve times an hour at most', async () => {
  const time = timeUntil(4 * hour);
  const { asked, trials } = begin(() => [lineOf('CTR-1')], {
    time,
    answer: () => ({ kind: 'unanswered', why: 'late' }),
  });
  await time.over;
  await trials.close();
  expect(asked.length).toBeLessThanOrEqual(4 * 12 + 1);
  expect(asked.length).toBeGreaterThan(4 * 11);
});

test('nothing is asked and nothing is told where no line is in force', async () => {
  const time = timeUntil(2 * hour);
  const { told, asked, trials } = begin(() => [], { time });
  await time.over;
  await trials.close();
  expect([told, asked]).toEqual([[], []]);
});

test('the end waits for the try that is going on, and no other one begins', async () => {
  const time = timeUntil(hour);
  const { promise: isAsked, resolve: askedNow } = Promise.withResolvers<void>();
  const { promise: mayAnswer, resolve: answerNow } = Promise.withResolvers<void>();
  const pause = async (): Promise<void> => (askedNow(), await mayAnswer);
  const { told, asked, trials } = begin(() => [lineOf('CTR-1'), lineOf('CTR-2')], { time, pause });
  await isAsked;
  let isOver = false;
  const closing = trials.close().then(() => (isOver = true));
  await turn();
  expect(isOver).toBe(false);
  answerNow();
  await closing;
  await turn();
  expect(asked.map(({ check }) => check)).toEqual(['CTR-1']);
  expect(told).toEqual([]);
});

test('lines that cannot be read now are looked at again later', async () => {
  const time = timeUntil(2 * minute);
  const lines = (): readonly LineOfRing[] => {
    if (time.at < minute) throw new Error('The ledger cannot be read.');
    return [lineOf('CTR-1')];
  };
  const { told, trials } = begin(lines, { time }, minute);
  await time.over;
  await trials.close();
  expect(told.length).toBeGreaterThan(0);
  expect(told[0]?.every).toBe(60);
});
