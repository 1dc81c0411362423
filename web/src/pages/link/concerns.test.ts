import { describe, expect, it } from 'vitest';
import type { Agent } from '#link/contract.ts';
import { clockWords, concernsOf, gravestOf } from './concerns.ts';

const now = new Date('2026-11-01T12:00:00Z');
const sound: Agent = {
  id: '7f2c1c1e-6c1f-4f5e-9d3e-1f0a5b6c7d8e',
  name: 'quay-1',
  host: 'quay-1',
  instance: 'default',
  version: '0.1.0',
  environments: ['prod'],
  state: 'live',
  joinedAt: '2026-10-20T12:00:00Z',
  joinToken: 'rack 3',
  seenAt: '2026-11-01T11:59:58Z',
  clockOffset: 0.3,
  certificate: { fingerprint: 'ab', notAfter: '2026-11-19T12:00:00Z' },
  lost: 0,
};

describe('concernsOf', () => {
  it('has nothing to say of an agent that is well', () => {
    expect(concernsOf(sound, now)).toEqual([]);
  });

  it('names what is wrong, the gravest first', () => {
    const worn: Agent = {
      ...sound,
      state: 'silent',
      seenAt: '2026-11-01T11:46:00Z',
      certificate: { fingerprint: 'ab', notAfter: '2026-11-03T12:00:00Z' },
      asksFor: 'dev',
      lost: 12,
      gap: { facts: 5, newest: { epoch: 'e', first: 3, last: 7, to: '2026-11-01T11:00:00Z' } },
      refused: { facts: 1, at: '2026-11-01T10:00:00Z', reason: 'no such kind' },
      clockOffset: -180,
    };
    expect(concernsOf(worn, now)).toEqual([
      { about: 'state', text: expect.stringContaining('14 min') },
      { about: 'environment', text: expect.stringMatching(/\bdev\b/) },
      { about: 'certificate', text: expect.stringContaining('2 d') },
      { about: 'lost', text: expect.stringMatching(/^12 facts/) },
      { about: 'missing', text: expect.stringMatching(/^5 facts/) },
      { about: 'refused', text: expect.stringMatching(/^1 fact /) },
      { about: 'clock', text: expect.stringContaining(clockWords(-180)) },
    ]);
  });

  it('tells a certificate that has ended from one that ends soon', () => {
    const until = (notAfter: string) => concernsOf({ ...sound, certificate: { fingerprint: 'ab', notAfter } }, now);
    expect(until('2026-10-31T12:00:00Z')).toEqual([{ about: 'certificate', text: expect.not.stringMatching(/\d/) }]);
    expect(until('2026-11-03T12:00:00Z')).toEqual([{ about: 'certificate', text: expect.stringMatching(/\b2 d\b/) }]);
    expect(until('2026-11-19T12:00:00Z')).toEqual([]);
  });
});

describe('gravestOf', () => {
  const refused = {
    ...sound,
    name: 'lab-1',
    refused: { facts: 1, at: '2026-11-01T10:00:00Z', reason: 'no such kind' },
  };
  const silent: Agent = { ...sound, name: 'quay-7', state: 'silent', seenAt: '2026-11-01T11:46:00Z' };

  it('is of the worst agent, not of the first', () => {
    expect(gravestOf([refused, silent], now)).toMatchObject({ agent: { name: 'quay-7' }, concern: { about: 'state' } });
    expect(gravestOf([refused, sound], now)).toMatchObject({ agent: { name: 'lab-1' } });
  });

  it('is none where all are well', () => {
    expect(gravestOf([sound], now)).toBeUndefined();
  });
});

describe('clockWords', () => {
  it('says which way a clock is off', () => {
    expect([clockWords(0.4), clockWords(4), clockWords(-125)]).toEqual(['right', '4 s ahead', '2 min behind']);
  });
});
