import { describe, expect, it } from 'vitest';
import type { HostSensor } from '#runtime/contract.ts';
import { lackingHosts, lateSentence, statusOf, waitingOf } from './sensor-words.ts';

const at = '2026-11-24T12:00:00Z';
const sensor = { state: 'working', mechanisms: [], lost: 0, throttled: 0 } as const;
const reported = { sensor, since: at, at };
const containers = { unknown: 0, unprotected: 0, partly: 0, protected: 0, watched: 0 };
const host: HostSensor = {
  host: 'quay-1',
  stale: false,
  protection: 'unknown',
  containers,
  models: { active: 0, learning: 0, none: 0 },
  eventsLate: false,
  stops: [],
};

describe('lackingHosts', () => {
  it('tells hosts that are known not to be protected from those of which nothing is known', () => {
    const of = (...states: readonly HostSensor['protection'][]) =>
      lackingHosts(states.map((protection) => ({ ...host, protection })));
    expect(of('prevents', 'watches', 'idle')).toEqual({ all: 0, unknown: 0 });
    expect(of('unprotected', 'partly', 'prevents')).toEqual({ all: 2, unknown: 0 });
    expect(of('unprotected', 'unknown')).toEqual({ all: 2, unknown: 1 });
    expect(lackingHosts([undefined, { ...host, protection: 'prevents' }])).toEqual({ all: 1, unknown: 1 });
  });
});

describe('statusOf', () => {
  it('is green only where containers are armed, and says how many', () => {
    const of = (protection: HostSensor['protection'], more: Partial<HostSensor['containers']> = {}) =>
      statusOf({ ...host, protection, reported, stops: ['programs'], containers: { ...containers, ...more } });
    expect(of('prevents', { protected: 2 })).toEqual({
      state: 'pass',
      word: 'Prevents',
      sentence: expect.stringMatching(/^2 /),
    });
    expect(of('unprotected', { unprotected: 1 })).toMatchObject({
      state: 'fail',
      sentence: expect.stringMatching(/^1 /),
    });
    expect(of('partly', { partly: 3 })).toMatchObject({ state: 'partly', word: 'Partly protected' });
    expect(of('watches', { watched: 3 })).toMatchObject({ state: 'partly', word: 'Watches' });
    expect(of('idle')).toMatchObject({ state: 'partly', sentence: expect.stringContaining('programs') });
    expect(of('unknown', { unknown: 2 })).toMatchObject({
      state: 'unknown',
      sentence: expect.stringMatching(/^2 /),
    });
    const stopsNothing = statusOf({ ...host, protection: 'watches', reported });
    expect(stopsNothing.sentence).not.toBe(of('watches', { watched: 3 }).sentence);
  });

  it('gives the reason that the agent told, and never says that an unknown host is fine', () => {
    const missing = { ...sensor, state: 'missing', reason: 'The sensor needs root.' } as const;
    const away = { ...sensor, state: 'away', reason: 'No sensor listens.' } as const;
    const of = (one?: HostSensor['reported']) => statusOf({ ...host, ...(one && { reported: one }) });
    expect(of({ sensor: missing, since: at, at })).toEqual({
      state: 'unknown',
      word: 'No sensor',
      sentence: missing.reason,
    });
    expect(of({ sensor: away, since: at, at })).toMatchObject({ word: 'Sensor away', sentence: away.reason });
    expect(of()).toMatchObject({ state: 'unknown', word: 'Unknown' });
  });

  it('speaks of the agent first where that is away', () => {
    const [away, silent] = [statusOf({ ...host, stale: true, reported }), statusOf({ ...host, stale: true })];
    expect(away).toEqual(silent);
    expect(away).toMatchObject({ state: 'unknown', word: 'Unknown' });
    expect(away.sentence).not.toBe(statusOf({ ...host, reported }).sentence);
  });

  it('is never plainly good while events wait for too long, and says what to do', () => {
    const since = at;
    const of = (more: object, eventsLate = true, protection: HostSensor['protection'] = 'prevents') => {
      const reported = { sensor: { ...sensor, ...more }, since, at };
      return statusOf({ ...host, protection, eventsLate, stops: ['programs'], reported });
    };
    expect(of({ unacknowledged: { since, seconds: 15 } }, false).state).toBe('pass');
    const [fine, late] = [of({}), of({ unacknowledged: { since, seconds: 60 } })];
    expect(late).toMatchObject({ state: 'partly', word: 'Prevents' });
    expect(late.sentence.slice(0, fine.sentence.length)).toBe(fine.sentence);
    expect(late.sentence.slice(fine.sentence.length)).toMatch(/\b1 min\b/);
    expect(of({ unacknowledged: { since, seconds: 60 } }, true, 'unprotected').state).toBe('fail');
    expect(of({ failingSave: { reason: 'ENOSPC', since, seconds: 30 } }).sentence).toMatch(/\b30 s\b.*\bENOSPC\b/);
  });
});

describe('lateSentence', () => {
  it('names the host whose events wait for too long, or says how many there are', () => {
    const late = { ...host, eventsLate: true };
    expect(lateSentence([host])).toBe(undefined);
    expect(lateSentence([host, late])).toMatch(/\bquay-1\b/);
    expect(lateSentence([late, late])).toMatch(/\b2 hosts\b/);
  });
});

describe('waitingOf', () => {
  it('says how long the oldest event waits, and a disk that fails first', () => {
    const unacknowledged = { since: at, seconds: 15 };
    expect(waitingOf(sensor)).toBeUndefined();
    expect(waitingOf({ ...sensor, unacknowledged })).toMatchObject({ word: expect.stringContaining('15 s') });
    const failingSave = { reason: 'ENOSPC', since: at, seconds: 7200 };
    expect(waitingOf({ ...sensor, unacknowledged, failingSave })).toMatchObject({
      word: expect.stringContaining('2 h'),
      sentence: expect.stringContaining('ENOSPC'),
    });
  });
});
