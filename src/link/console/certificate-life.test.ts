import { describe, expect, test } from 'vitest';
import { type CertificateLife, holds, promoted } from './certificate-life.ts';

const minute = 60_000;
const now = new Date('2026-11-24T12:00:00Z');
const at = (minutes: number): Date => new Date(now.getTime() + minutes * minute);
const none = {
  next_fingerprint: null,
  next_not_after: null,
  previous_fingerprint: null,
  previous_until: null,
} as const;

/** Ends in minutes from now; missing: there is no such certificate. */
function life({ own = 10, next, previous }: { own?: number; next?: number; previous?: number }): CertificateLife {
  return {
    ...none,
    fingerprint: 'own',
    not_after: at(own),
    ...(next === undefined ? {} : { next_fingerprint: 'next', next_not_after: at(next) }),
    ...(previous === undefined ? {} : { previous_fingerprint: 'previous', previous_until: at(previous) }),
  };
}

describe('a certificate of an agent', () => {
  test.each([
    ['own', life({ own: 1 }), true],
    ['own', life({ own: 0 }), false],
    ['own', life({ own: -1 }), false],
    ['own', life({ own: -1, next: 9, previous: 9 }), false],
    ['own', life({ own: 1, next: -9, previous: -9 }), true],
    ['next', life({ next: 1 }), true],
    ['next', life({ next: 0 }), false],
    ['next', life({ next: -1 }), false],
    ['next', life({ own: -9, next: 1, previous: -9 }), true],
    ['next', life({ own: 9, next: -1, previous: 9 }), false],
    ['next', { ...life({ next: 1 }), next_not_after: null }, false],
    ['previous', life({ previous: 1 }), true],
    ['previous', life({ previous: 0 }), false],
    ['previous', life({ previous: -1 }), false],
    ['previous', life({ own: -9, next: -9, previous: 1 }), true],
    ['previous', life({ own: 9, next: 9, previous: -1 }), false],
    ['previous', { ...life({ previous: 1 }), previous_until: null }, false],
    ['another', life({ own: 9, next: 9, previous: 9 }), false],
  ] as const)('%s of %o holds: %s', (fingerprint, certificates, held) => {
    expect(holds(certificates, fingerprint, now)).toBe(held);
  });

  test.each([
    ['an hour longer', life({ own: 90, next: 200 }), 60],
    ['an hour, which is all it has', life({ own: 60, next: 200 }), 60],
    ['to its own end', life({ own: 59, next: 200 }), 59],
    ['not at all, it has ended', life({ own: -1, next: 200 }), -1],
    ['an hour longer, and the one before it is forgotten', life({ own: 90, next: 200, previous: 30 }), 60],
  ] as const)('that was renewed holds %s', (_, certificates, until) => {
    expect(promoted(certificates, now)).toEqual({
      ...none,
      fingerprint: 'next',
      not_after: at(200),
      previous_fingerprint: 'own',
      previous_until: at(until),
    });
  });

  test.each([
    ['none was issued', life({})],
    ['one has no end', { ...life({ next: 9 }), next_not_after: null }],
    ['one has no fingerprint', { ...life({ next: 9 }), next_fingerprint: null }],
  ] as const)('is not promoted where %s', (_, certificates) => {
    expect(promoted(certificates, now)).toBeUndefined();
  });
});
