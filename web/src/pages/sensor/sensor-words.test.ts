import { describe, expect, it } from 'vitest';
import type { HostSensor } from '#runtime/contract.ts';
import { lateSentence, standingOf, waitingOf } from './sensor-words.ts';

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

describe('standingOf', () => {
  it('is green only where containers are armed, and says how many', () => {
    const of = (protection: HostSensor['protection'], more: Partial<HostSensor['containers']> = {}) =>
      standingOf({ ...host, protection, reported, stops: ['programs'], containers: { ...containers, ...more } });
    expect(of('prevents', { protected: 2 })).toEqual({
      state: 'pass',
      word: 'Prevents',
      sentence: '2 running containers are armed with what their rules prevent.',
    });
    expect(of('unprotected', { unprotected: 1 })).toMatchObject({
      state: 'fail',
      sentence: '1 running container is not protected as its rule asks.',
    });
    expect(of('partly', { partly: 3 })).toMatchObject({ state: 'partly', word: 'Partly protected' });
    expect(of('watches', { watched: 3 })).toMatchObject({ state: 'partly', word: 'Watches' });
    expect(of('idle')).toMatchObject({ state: 'partly', sentence: 'No container runs. The sensor can stop programs.' });
    expect(of('unknown', { unknown: 2 })).toMatchObject({
      state: 'unknown',
      sentence: '2 running containers are of unknown protection; each says why.',
    });
    expect(standingOf({ ...host, protection: 'watches', reported }).sentence).toContain('can stop nothing');
  });

  it('gives the reason that the agent told, and never says that an unknown host is fine', () => {
    const missing = { ...sensor, state: 'missing', reason: 'The sensor needs root.' } as const;
    const away = { ...sensor, state: 'away', reason: 'No sensor listens.' } as const;
    const of = (one?: HostSensor['reported']) => standingOf({ ...host, ...(one && { reported: one }) });
    expect(of({ sensor: missing, since: at, at })).toEqual({
      state: 'unknown',
      word: 'No sensor',
      sentence: 'The sensor needs root.',
    });
    expect(of({ sensor: away, since: at, at })).toMatchObject({ word: 'Sensor away', sentence: 'No sensor listens.' });
    expect(of()).toMatchObject({ state: 'unknown', word: 'Unknown' });
  });

  it('speaks of the agent first where that is away', () => {
    expect(standingOf({ ...host, stale: true, reported }).sentence).toMatch(/^Its agent is away or revoked/);
  });

  it('is never plainly good while events wait for too long, and says what to do', () => {
    const since = at;
    const of = (more: object, eventsLate = true, protection: HostSensor['protection'] = 'prevents') => {
      const reported = { sensor: { ...sensor, ...more }, since, at };
      return standingOf({ ...host, protection, eventsLate, stops: ['programs'], reported });
    };
    expect(of({ unacknowledged: { since, seconds: 15 } }, false).state).toBe('pass');
    expect(of({ unacknowledged: { since, seconds: 60 } })).toEqual({
      state: 'partly',
      word: 'Prevents',
      sentence:
        "0 running containers are armed with what their rules prevent. Its agent has not kept an event for over 1 min: alerts of its containers may be late. Look at the agent's log.",
    });
    expect(of({ unacknowledged: { since, seconds: 60 } }, true, 'unprotected').state).toBe('fail');
    expect(of({ failingSave: { reason: 'ENOSPC', since, seconds: 30 } }).sentence).toMatch(
      /cannot write for over 30 s: ENOSPC/,
    );
  });
});

describe('lateSentence', () => {
  it('names the host whose events wait for too long, or says how many there are', () => {
    const late = { ...host, eventsLate: true };
    expect(lateSentence([host])).toBe(undefined);
    expect(lateSentence([host, late])).toBe('Events of quay-1 wait to be kept: alerts may be late or missing.');
    expect(lateSentence([late, late])).toMatch(/^Events of 2 hosts wait/);
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
