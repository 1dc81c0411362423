import { describe, expect, it } from 'vitest';
import type { HostSensor } from '#runtime/contract.ts';
import { standingOf, waitingOf } from './sensor-words.ts';

const at = '2026-11-24T12:00:00Z';
const sensor = { state: 'working', mechanisms: [], lost: 0, throttled: 0 } as const;
const host: HostSensor = { host: 'quay-1', stale: false, protection: 'unknown', eventsLate: false, stops: [] };

describe('standingOf', () => {
  it('names what a working sensor stops, or that it can stop nothing', () => {
    const told = { sensor, since: at, at };
    expect(standingOf({ ...host, protection: 'prevents', stops: ['programs', 'code files'], told })).toEqual({
      state: 'pass',
      word: 'Prevents',
      sentence: 'Stops programs and code files that a rule forbids.',
    });
    expect(standingOf({ ...host, protection: 'watches', told })).toMatchObject({ state: 'partly', word: 'Watches' });
  });

  it('gives the reason that the agent told, and never says that an unknown host is fine', () => {
    const missing = { ...sensor, state: 'missing', reason: 'The sensor needs root.' } as const;
    const away = { ...sensor, state: 'away', reason: 'No sensor listens.' } as const;
    const of = (told?: HostSensor['told']) => standingOf({ ...host, ...(told && { told }) });
    expect(of({ sensor: missing, since: at, at })).toEqual({
      state: 'unknown',
      word: 'No sensor',
      sentence: 'The sensor needs root.',
    });
    expect(of({ sensor: away, since: at, at })).toMatchObject({ word: 'Sensor away', sentence: 'No sensor listens.' });
    expect(of()).toMatchObject({ state: 'unknown', word: 'Not known' });
  });

  it('speaks of the agent first where that is away', () => {
    const told = { sensor, since: at, at };
    expect(standingOf({ ...host, stale: true, told }).sentence).toMatch(/^Its agent is away or revoked/);
  });

  it('is never plainly good while events wait for too long, and says what to do', () => {
    const since = at;
    const of = (more: object, eventsLate = true) => {
      const told = { sensor: { ...sensor, ...more }, since, at };
      return standingOf({ ...host, protection: 'prevents', eventsLate, stops: ['programs'], told });
    };
    expect(of({ unacknowledged: { since, seconds: 15 } }, false).state).toBe('pass');
    expect(of({ unacknowledged: { since, seconds: 60 } })).toEqual({
      state: 'partly',
      word: 'Prevents',
      sentence:
        "Stops programs that a rule forbids. Its agent has not kept an event for over 1 min: alerts of its containers may be late. Look at the agent's log.",
    });
    expect(of({ failingSave: { reason: 'ENOSPC', since, seconds: 30 } }).sentence).toMatch(
      /cannot write for over 30 s: ENOSPC/,
    );
  });
});

describe('waitingOf', () => {
  it('says how long the oldest event waits, and a disk that fails first', () => {
    const unacknowledged = { since: at, seconds: 15 };
    expect(waitingOf(sensor)).toBeUndefined();
    expect(waitingOf({ ...sensor, unacknowledged })).toMatchObject({ word: 'events wait over 15 s' });
    const failingSave = { reason: 'ENOSPC', since: at, seconds: 7200 };
    expect(waitingOf({ ...sensor, unacknowledged, failingSave })).toMatchObject({
      word: 'cannot write for over 2 h',
    });
  });
});
