import { expect, test } from 'vitest';
import { decodeHours, emptyRing, encodeHours, hoursIn, withHour } from '#runtime/hours.ts';
import { timesOf } from './retime.ts';

const hour = 3_600_000;
const day = 24 * hour;
/** A run with two steps, on a machine that was started ten minutes before. */
const started = Math.floor(Date.now() / 2000) * 2000;
const iso = (moment: number): string => new Date(moment).toISOString();
const step = (from: number, at: number, number: number) =>
  ({ kind: 'step', from: iso(started + from), at: iso(started + at), day: number, title: '' }) as const;
const recording = {
  form: 1,
  bootedAt: iso(started - 600_000),
  startedAt: iso(started),
  bucketSeconds: 2,
  entries: [step(0, 10_000, 1), step(20_000, 100_000, 3)],
} as const;
const end = started + 300 * day;
const times = timesOf(recording, end);

test('steps end on the days of the story and take an hour; what lies between them is drawn out', () => {
  const at = (lab: number): number => (times.moment(started + lab) - end) / hour;
  expect([at(0), at(10_000), at(20_000), at(60_000), at(100_000)]).toEqual([-49, -48, -1, -0.5, 0]);
  expect(at(15_000)).toBe(-24.5);
});

test('what was before the run keeps its distance, what was before the machine means itself', () => {
  expect(times.moment(started) - times.moment(started - 60_000)).toBe(60_000);
  expect(times.moment(started - 3_600_000)).toBe(started - 3_600_000);
});

test('what comes after the run keeps its distance', () => {
  expect(times.moment(started + 100_000 + day) - end).toBe(day);
});

test('no moment comes before an earlier one', () => {
  const moments = Array.from({ length: 2000 }, (_, at) => times.moment(started - 50_000 + at * 100));
  expect(moments.toSorted((left, right) => left - right)).toEqual(moments);
});

test('moments are moved however deep they stand, other texts are not', () => {
  const at = iso(started + 2000);
  const reported = times.reported('detection', {
    time: at,
    ancestors: [{ startedAt: at }],
    seen: `at ${at}`,
    count: 3,
  });
  const moved = iso(times.moment(started + 2000));
  expect(reported).toEqual({ time: moved, ancestors: [{ startedAt: moved }], seen: `at ${at}`, count: 3 });
});

test('of a scan only its own time is moved', () => {
  const at = iso(started);
  expect(times.reported('scan', { scannedAt: at, subject: { created: at } })).toEqual({
    scannedAt: iso(times.moment(started)),
    subject: { created: at },
  });
});

test('hours of behaviour become the hours of the demo, and its days follow', () => {
  const bucket = started / 2000;
  const hours = [bucket, bucket + 7, bucket + 45];
  const seen = encodeHours(hours.reduce(withHour, emptyRing));
  const none = encodeHours(emptyRing);
  const reported = times.reported('behaviour', {
    key: { digest: `sha256:${'a'.repeat(64)}`, entrypoint: ['/bin/sleep'] },
    evidence: {
      items: [
        {
          key: 'x',
          fact: { dimension: 'process', path: '/bin/sleep' },
          class: 'benign',
          state: 'confirmed',
          source: 'learned',
          boot: none,
          run: seen,
          days: [1],
        },
      ],
      dimensions: { process: { exposure: seen, lost: none } },
      starts: none,
      lateStart: false,
    },
  }) as {
    evidence: { items: { run: typeof seen; days: number[] }[]; dimensions: { process: { exposure: typeof seen } } };
  };
  const expected = hours.map((one) => Math.floor(times.moment((one + 0.5) * 2000) / hour));
  const [entry] = reported.evidence.items;
  expect(new Set(expected).size).toBe(3);
  expect(hoursIn(decodeHours(entry?.run ?? none))).toEqual(expected);
  expect(hoursIn(decodeHours(reported.evidence.dimensions.process.exposure))).toEqual(expected);
  expect(entry?.days).toEqual([...new Set(expected.map((one) => Math.floor(one / 24)))]);
});
