import { expect, test } from 'vitest';
import type { Convergence, Evidence, Entry } from './contract.ts';
import { Convergence as ConvergenceSchema } from './contract.ts';
import { converge, isActive, isProtectReady, modelStateOf } from './converge.ts';
import { emptyEvidence, mergeEvidence } from './evidence.ts';
import { emptyRing, encodeHours, withHour } from './hours.ts';
import { entryKeyOf } from './entry-key.ts';
import { gammaQuantile, upperBound, wilsonHilferty } from './upper-bound.ts';

const ring = (list: readonly number[]) => encodeHours(list.reduce(withHour, emptyRing));
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => from + at);

function entry(name: string, run: readonly number[], part: Partial<Entry> = {}): Entry {
  const fact = { dimension: 'process', path: name } as const;
  return {
    key: entryKeyOf(fact),
    fact,
    class: 'benign',
    state: 'confirmed',
    source: 'learned',
    boot: ring([]),
    run: ring(run),
    days: [],
    ...part,
  };
}

function evidenceOf(hours: readonly number[], items: readonly Entry[], part: Partial<Evidence> = {}): Evidence {
  return {
    ...emptyEvidence,
    items,
    dimensions: { process: { exposure: ring(hours), lost: ring([]) } },
    starts: ring([0]),
    ...part,
  };
}

const after = (hours: number, evidence: Evidence, before?: Convergence) =>
  converge(evidence, 'process', { bucketSeconds: 3600, now: hours * 3_600_000, before });

test('quantiles of the Gamma distribution', () => {
  expect(range(0, 11).map((novel) => gammaQuantile(novel, '80'))).toEqual([
    0.8212, 2.3208, 3.6446, 4.9016, 6.1211, 7.3157, 8.4924, 9.6553, 10.8073, 11.9502, 13.0855,
  ]);
  expect(range(0, 11).map((novel) => gammaQuantile(novel, '95'))).toEqual([
    1.9207, 3.9074, 5.5352, 7.0336, 8.4595, 9.8376, 11.181, 12.4979, 13.7936, 15.0718, 16.3353,
  ]);
  for (const novel of range(4, 11))
    for (const confidence of ['80', '95'] as const)
      expect(wilsonHilferty(novel, confidence) / gammaQuantile(novel, confidence)).toBeCloseTo(1, 2);
  expect(gammaQuantile(11, '95')).toBeGreaterThan(gammaQuantile(10, '95'));
});

test.each([
  ['80', 2, [10, 28, 44, 59]],
  ['95', 0.5, [93, 188, 266]],
] as const)('hours until the bound of %s %% is under %d a day', (confidence, budget, hours) => {
  expect(hours.map((_, novel) => range(1, 400).find((seen) => upperBound(novel, seen, confidence) <= budget))).toEqual(
    hours,
  );
});

test('the worked example', () => {
  const seenUntil = (last: number, e: readonly number[] = [20]) =>
    evidenceOf(range(0, last), [
      entry('a', range(0, last)),
      entry('b', [3]),
      entry('c', [3]),
      entry('d', [5, 17]),
      entry('e', e),
    ]);
  const first = after(30, seenUntil(30));
  expect(first).toMatchObject({ verdict: 'learning', hours: 30, novelHours: 2, starts: 1 });
  expect(first.upper80).toBeCloseTo(2.916, 3);
  expect(ConvergenceSchema.parse(first)).toEqual(first);
  expect(after(43, seenUntil(43)).verdict).toBe('learning');
  const second = after(44, seenUntil(44));
  expect(second.verdict).toBe('active');
  expect(second.upper80).toBeCloseTo(1.988, 3);
  const third = after(32, seenUntil(32, [20, 31]));
  expect(third).toMatchObject({ verdict: 'active', novelHours: 1, hours: 32 });
  expect(third.upper80).toBeCloseTo(1.741, 3);

  const replica = (...items: Entry[]) => mergeEvidence(seenUntil(30), evidenceOf(range(0, 30), items));
  expect(after(30, replica(entry('b', [3]), entry('c', [3]))).novelHours).toBe(2);
  expect(after(30, replica(entry('b', [4]))).novelHours).toBe(2);
  expect(after(30, replica(entry('b', [4]), entry('c', [4]))).novelHours).toBe(1);
});

test('a dimension with nothing new is active after 10 hours and ready to prevent after a week', () => {
  const quiet = (hours: number, part: Partial<Evidence> = {}) =>
    evidenceOf(range(0, hours), [entry('a', range(0, hours))], part);
  expect(after(9, quiet(9))).toMatchObject({ verdict: 'learning', blockedBy: [expect.stringContaining('target 2')] });
  expect(after(3, quiet(3)).blockedBy).toEqual([expect.stringContaining('3 of 4 hours')]);
  expect(after(10, quiet(10)).verdict).toBe('active');
  const week = after(168, quiet(168));
  expect(week).toMatchObject({ verdict: 'protect-ready', hourOfDayMask: 2 ** 24 - 1, weekdayMask: 127, blockedBy: [] });
  expect(isProtectReady(week, 'run')).toBe(true);
  expect(isProtectReady(week, 'boot')).toBe(false);
  const started = after(168, quiet(168, { starts: ring([0, 50, 100]) }));
  expect(isProtectReady(started, 'boot')).toBe(true);
  const lossy = quiet(169, { dimensions: { process: { exposure: ring(range(0, 169)), lost: ring([150]) } } });
  expect(after(169, lossy)).toMatchObject({
    verdict: 'active',
    hours: 168,
    blockedBy: [expect.stringMatching(/\blost\b.*\b24 hours\b/)],
  });
  expect(after(175, lossy).verdict).toBe('protect-ready');
  const open = evidenceOf(range(0, 168), [
    entry('a', range(0, 168)),
    entry('b', [1, 2], { class: 'notable', state: 'unconfirmed' }),
  ]);
  expect(after(168, open)).toMatchObject({
    verdict: 'active',
    blockedBy: [expect.stringMatching(/^1 notable entry /)],
  });
  const workdays = range(0, 400).filter((hour) => Math.floor(hour / 24) % 7 < 5);
  expect(after(400, evidenceOf(workdays, [])).blockedBy).toEqual([expect.stringMatching(/: Tuesday, Wednesday\.$/)]);
});

test('what is forbidden holds nothing open, and boots count once there are three', () => {
  const hostile = range(0, 30).map((at) => entry(`/tmp/${at}`, [at], { class: 'forbidden', state: 'review' }));
  expect(after(30, evidenceOf(range(0, 30), hostile))).toMatchObject({ novelHours: 0, verdict: 'active' });
  const boot = [entry('a', [], { boot: ring([4]) })];
  expect(after(30, evidenceOf(range(0, 30), boot)).novelHours).toBe(0);
  expect(after(30, evidenceOf(range(0, 30), boot, { starts: ring([0, 4, 8]) })).novelHours).toBe(1);
});

test('what is ever new is open-ended; what was active stays so', () => {
  const restless = evidenceOf(
    range(0, 168),
    range(0, 60).map((at) => entry(`/x/${at}`, [at])),
  );
  expect(after(168, restless).verdict).toBe('open-ended');
  const active = after(10, evidenceOf(range(0, 10), []));
  expect(after(168, restless, active).verdict).toBe('active');
  expect(isActive(after(168, restless))).toBe(false);
});

test('a model is active once process is, and network where it is known', () => {
  const active = after(10, evidenceOf(range(0, 10), []));
  const learning = after(5, evidenceOf(range(0, 5), []));
  expect(modelStateOf('learning', { process: active })).toBe('active');
  expect(modelStateOf('relearning', { process: active, network: learning })).toBe('relearning');
  expect(modelStateOf('active', { process: learning })).toBe('active');
  expect(modelStateOf('manual', { process: active })).toBe('manual');
});
