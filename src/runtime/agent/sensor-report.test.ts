import { beforeEach, expect, test } from 'vitest';
import { SensorFact } from '../contract.ts';
import type { FailingSave } from './saves/save-faults.ts';
import { SensorReport } from './sensor-report.ts';
import type { SensorStatus } from './wire/frames.ts';

const start = Date.parse('2026-11-24T12:00:00Z');
let now = start;
let failing: FailingSave | undefined;
let reported: SensorFact[] = [];
let said: string[] = [];
let report: SensorReport;
beforeEach(() => {
  [now, failing, reported, said] = [start, undefined, [], []];
  const nothing = (): void => undefined;
  const state = (_: object, body: unknown): void => {
    if (JSON.stringify(body) !== JSON.stringify(reported.at(-1))) reported.push(SensorFact.parse(body));
  };
  const reporter = { state, report: nothing, forget: nothing, forgetAll: nothing };
  report = new SensorReport(reporter, {
    say: (sentence) => void said.push(sentence),
    met: nothing,
    faults: { state: () => failing },
    now: () => now,
  });
});

const counts = { lost: 0n, throttled: 0n, events: 1n, permissions: 0n, permissionsLate: 0n, permissionNsTotal: 0n };

/** The sensor answers after so many seconds that its oldest event waits for so many milliseconds. */
function answers(after: number, oldest: number, failedUpdates = 0): void {
  now = start + after * 1000;
  const status = {
    kind: 'status',
    ...counts,
    memory: 1n,
    containers: 1,
    policies: 1,
    queued: 1,
    failedUpdates,
  } as const;
  report.status({ ...status, oldestNs: BigInt(oldest) * 1_000_000n } as SensorStatus);
}

test('an event that waits is told when it waits for seconds, again at each step, and when it is acknowledged', () => {
  const since = new Date(start).toISOString();
  for (const [after, expected] of [
    [4.999, undefined],
    [5, { since, seconds: 5 }],
    [14, { since, seconds: 5 }],
    [29.999, { since, seconds: 15 }],
    [30, { since, seconds: 30 }],
    [59, { since, seconds: 30 }],
    [3700, { since, seconds: 3600 }],
  ] as const) {
    answers(after, after * 1000);
    expect([after, reported.at(-1)?.unacknowledged]).toEqual([after, expected]);
  }
  expect(reported).toHaveLength(5);
  answers(3701, 0);
  expect(reported.at(-1)).not.toHaveProperty('unacknowledged');
});

test('answers that differ by less than two seconds are of the same event', () => {
  answers(40, 40_000);
  const first = reported.at(-1)?.unacknowledged?.since;
  answers(50, 49_000);
  expect(reported.at(-1)?.unacknowledged?.since).toBe(first);
  answers(60, 50_000);
  expect(reported.at(-1)?.unacknowledged?.since).toBe(new Date(start + 10_000).toISOString());
});

test('a new connection to the sensor begins anew', () => {
  answers(40, 40_000);
  report.contact({ kind: 'away', reason: 'It died.' });
  expect(reported.at(-1)).not.toHaveProperty('unacknowledged');
});

test('a save that fails for seconds is told with its reason until it succeeds', () => {
  failing = { reason: 'ENOSPC: no space left on device\n', since: start };
  now = start + 4000;
  report.report();
  expect(reported.at(-1)).not.toHaveProperty('failingSave');
  now = start + 31_000;
  report.report();
  const since = new Date(start).toISOString();
  expect(reported.at(-1)?.failingSave).toEqual({ reason: 'ENOSPC: no space left on device ', since, seconds: 30 });
  failing = undefined;
  report.report();
  expect(reported.at(-1)).not.toHaveProperty('failingSave');
});

test('updates of maps that failed are logged when there are more of them, also after the sensor started again', () => {
  for (const [failed, sentences] of [
    [0, 0],
    [3, 1],
    [3, 1],
    [4, 2],
    [0, 2],
    [1, 3],
  ] as const) {
    answers(1, 0, failed);
    expect([failed, said.length]).toEqual([failed, sentences]);
  }
});
