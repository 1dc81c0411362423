import { expect, test } from 'vitest';
import { reportPeriod, silentSince, unreportedReason } from './lease.ts';

const since = new Date('2026-11-30T12:00:00Z');
const after = (milliseconds: number) => new Date(since.getTime() + milliseconds);
const lease = 2.5 * reportPeriod;

test('a container that is new is not reported yet, one that runs for longer than a lease is silent', () => {
  const [yet, silent] = [
    /^Not reported yet: its host says since 2026-11-30 12:00:00 UTC/,
    /^Silent since 2026-11-30 12:00:00 UTC/,
  ];
  expect(unreportedReason(since, since)).toMatch(yet);
  expect(unreportedReason(since, after(lease))).toMatch(yet);
  expect(unreportedReason(since, after(lease + 1))).toMatch(silent);
});

test.each([
  ['container', lease, false],
  ['container', lease + 1, true],
  ['engine', lease + 1, true],
  ['host', lease + 1, true],
  ['image', 100 * lease, false],
  // A host whose clock is ahead has not said so in the future.
  ['container', -lease, false],
] as const)('what was said of %s %i ms ago is silent: %s', (kind, age, isSilent) => {
  expect(silentSince(kind, since, after(age)) !== undefined).toBe(isSilent);
});
