import { expect, test } from 'vitest';
import { decodeHours, emptyRing, encodeHours, hoursIn, withHour } from '#runtime/hours.ts';
import { timesOf } from './retime.ts';

const hour = 3_600_000;
/** A run of 100 s, in which an hour takes 2 s, on a machine that was started ten minutes before. */
const started = Math.floor(Date.now() / 2000) * 2000;
const iso = (moment: number): string => new Date(moment).toISOString();
const recording = {
  form: 1,
  bootedAt: iso(started - 600_000),
  startedAt: iso(started),
  bucketSeconds: 2,
  entries: [],
} as const;
const now = started + 300 * 24 * hour;
const times = timesOf(recording, iso(started + 100_000), now);

test('a run is drawn out, and ends in the hour before', () => {
  const [first, last] = [times.moment(started), times.moment(started + 100_000)];
  expect(last - first).toBe(50 * hour);
  expect(now - last).toBeGreaterThan(0);
  expect(now - last).toBeLessThanOrEqual(2 * hour);
  expect(times.moment(started + 1000) - first).toBe(hour / 2);
});

test('what was before the run keeps its distance, what was before the machine means itself', () => {
  expect(times.moment(started) - times.moment(started - 60_000)).toBe(60_000);
  expect(times.moment(started - 3_600_000)).toBe(started - 3_600_000);
});

test('what comes after the run keeps its distance', () => {
  const end = started + 100_000;
  expect(times.moment(end + 86_400_000) - times.moment(end)).toBe(86_400_000);
});

test('moments are moved however deep they stand, other texts are not', () => {
  const at = iso(started + 2000);
  const told = times.told('detection', { time: at, ancestors: [{ startedAt: at }], seen: `at ${at}`, count: 3 });
  const moved = iso(times.moment(started + 2000));
  expect(told).toEqual({ time: moved, ancestors: [{ startedAt: moved }], seen: `at ${at}`, count: 3 });
});

test('of a scan only its own time is moved', () => {
  const at = iso(started);
  expect(times.told('scan', { scannedAt: at, subject: { created: at } })).toEqual({
    scannedAt: iso(times.moment(started)),
    subject: { created: at },
  });
});

test('hours of behaviour become the hours of the demo, and its days follow', () => {
  const bucket = started / 2000;
  const hours = [bucket, bucket + 5, bucket + 30];
  const seen = encodeHours(hours.reduce(withHour, emptyRing));
  const none = encodeHours(emptyRing);
  const told = times.told('behaviour', {
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
  const first = times.moment(started) / hour;
  const [item] = told.evidence.items;
  expect(hoursIn(decodeHours(item?.run ?? none))).toEqual([first, first + 5, first + 30]);
  expect(hoursIn(decodeHours(told.evidence.dimensions.process.exposure))).toEqual([first, first + 5, first + 30]);
  expect(item?.days).toEqual([...new Set([first, first + 5, first + 30].map((one) => Math.floor(one / 24)))]);
});
