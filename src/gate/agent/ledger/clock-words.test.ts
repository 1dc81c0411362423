import { describe, expect, test } from 'vitest';
import { clockBeforeAuthority, clockWords } from './clock-words.ts';

const ledger = { issuedAt: '2026-11-28T12:00:00.000Z', expiresAt: '2026-11-29T12:00:00.000Z' };
const at = (time: string): string | undefined => clockWords(ledger, new Date(time));

describe('a clock that does not go with the ledger', () => {
  test.each([
    ['2026-11-28T12:00:00Z', undefined],
    ['2026-11-28T11:58:00Z', undefined],
    ['2026-11-28T11:57:59Z', /says 2026-11-28 11:57 UTC, 2 min before its admission ledger was made.*timedatectl/],
    ['2026-11-28T10:00:01Z', /, 119 min before/],
    ['2026-11-28T10:00:00Z', /, 2 hours before/],
    ['2026-11-26T12:00:01Z', /, 47 hours before/],
    ['2025-10-24T12:00:00Z', /says 2025-10-24 12:00 UTC, 400 days before/],
    ['2026-11-29T11:59:59Z', undefined],
    ['2026-11-29T12:00:00Z', /, 0 min beyond the end of its admission ledger. Check the clock: timedatectl/],
    ['2027-11-29T12:00:00Z', /says 2027-11-29 12:00 UTC, 365 days beyond the end/],
  ])('%s', (time, says) => {
    if (says === undefined) expect(at(time)).toBeUndefined();
    else expect(at(time)).toMatch(says);
  });

  test('or with the authority', () => {
    const made = new Date('2026-11-28T12:00:00Z');
    expect(clockBeforeAuthority(made, new Date('2026-11-28T11:58:00Z'))).toBeUndefined();
    expect(clockBeforeAuthority(made, new Date('2025-10-24T12:00:00Z'))).toMatch(
      /400 days before its console’s authority/,
    );
  });
});
