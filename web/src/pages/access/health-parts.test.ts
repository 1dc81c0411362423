import { describe, expect, test } from 'vitest';
import type { Health } from '#explorer/contract.ts';
import type { HostSensor } from '#runtime/contract.ts';
import { type Measured, partsOf } from './health-parts.ts';

const now = new Date('2026-11-28T12:00:00Z');
const health = {
  version: '0.1.0',
  startedAt: '2026-11-28T08:00:00Z',
  measuredAt: '2026-11-28T12:00:00Z',
  store: { version: '18.4', milliseconds: 3.4, bytes: 9_000_000 },
  work: { waiting: 0, retrying: 0, failed: 0 },
  backups: { state: 'good', goodAt: '2026-11-28T02:00:00Z', file: '/b/x.backup', bytes: 5_000_000 },
  hosts: { all: 3, away: 0 },
} satisfies Health;
const feed = { id: 'osv', asOf: '2026-11-28T06:00:00Z' };
const database = { state: 'ready', info: { sources: [feed] } } as unknown as NonNullable<Measured['database']>;
const sensors = [{ protection: 'prevents' }] as unknown as readonly HostSensor[];
const well: Measured = { health, database, sensors };

function statesOf(measured: Measured): Readonly<Record<string, string>> {
  return Object.fromEntries(partsOf(measured, now).map(({ name, state }) => [name, state]));
}

describe('the parts of the product', () => {
  test('are well only where each was measured as well', () => {
    expect(new Set(Object.values(statesOf(well)))).toEqual(new Set(['pass']));
    expect(partsOf(well, now)).toHaveLength(6);
  });

  test('leave out what whoever sees a part of the estate is not told', () => {
    const { store: _store, work: _work, backups: _backups, ...scoped } = health;
    expect(Object.keys(statesOf({ ...well, health: scoped })).toSorted()).toEqual([
      'Agents',
      'Sensors',
      'Vulnerability feeds',
    ]);
  });

  test.each([
    [
      { state: 'off' },
      'unknown',
      /^There is no backup yet\. None is scheduled; SEAWALL_BACKUP_DIR names where they go\.$/,
    ],
    [{ state: 'none' }, 'unknown', /^There is no backup yet\.$/],
    [{ state: 'failed', failed: { at: '2026-11-28T02:00:00Z', reason: 'no room' } }, 'fail', /failed: no room$/],
    [{ state: 'overdue', goodAt: '2026-11-26T02:00:00Z' }, 'fail', /^Overdue\. The last good one is 2 d old/],
    [{ state: 'good', goodAt: '2026-11-28T02:00:00Z', bytes: 5_000_000 }, 'pass', /^The last good one is 10 h old/],
  ] as const)('say how backups stand: %j', (backups, state, words) => {
    const part = partsOf({ ...well, health: { ...health, backups } }, now).find(({ name }) => name === 'Backups');
    expect(part).toMatchObject({ state, words: expect.stringMatching(words) });
  });

  test('are unknown where nothing was measured, never well', () => {
    const nothing = { health: undefined, database: undefined, sensors: undefined };
    expect(new Set(Object.values(statesOf(nothing)))).toEqual(new Set(['unknown']));
  });

  test.each([
    ['Database', 'partly', { ...well, health: { ...health, store: { ...health.store, milliseconds: 1500 } } }],
    ['Job queue', 'fail', { ...well, health: { ...health, work: { ...health.work, failed: 1 } } }],
    [
      'Job queue',
      'partly',
      { ...well, health: { ...health, work: { ...health.work, retrying: 1, oldestSeconds: 2 } } },
    ],
    [
      'Job queue',
      'partly',
      { ...well, health: { ...health, work: { ...health.work, waiting: 1, oldestSeconds: 61 } } },
    ],
    ['Job queue', 'pass', { ...well, health: { ...health, work: { ...health.work, waiting: 1, oldestSeconds: 60 } } }],
    ['Agents', 'unknown', { ...well, health: { ...health, hosts: { all: 3, away: 1 } } }],
    ['Agents', 'unknown', { ...well, health: { ...health, hosts: { all: 0, away: 0 } } }],
    ['Sensors', 'unknown', { ...well, sensors: [] }],
    ['Sensors', 'unknown', { ...well, sensors: [...sensors, { protection: 'unknown' }] as readonly HostSensor[] }],
    ['Vulnerability feeds', 'unknown', { ...well, database: { state: 'missing', reason: 'none' } as const }],
    ['Vulnerability feeds', 'unknown', { ...well, database: feedsOf([{ id: 'kev' }]) }],
    ['Vulnerability feeds', 'partly', { ...well, database: feedsOf([{ ...feed, asOf: '2025-11-28T06:00:00Z' }]) }],
    ['Vulnerability feeds', 'fail', { ...well, database: { ...database, trouble: 'It cannot be opened.' } }],
  ] as const)('%s is %s', (name, state, measured) => {
    const states = statesOf(measured as Measured);
    expect(states[name]).toBe(state);
    expect(Object.values(states).filter((one) => one === 'pass')).toHaveLength(state === 'pass' ? 6 : 5);
    // What is not well is said first.
    expect(partsOf(measured as Measured, now)[0]?.name).toBe(state === 'pass' ? 'Database' : name);
  });

  test('what is unknown comes before what is broken', () => {
    const measured = {
      ...well,
      health: { ...health, work: { ...health.work, failed: 2 }, hosts: { all: 2, away: 2 } },
    };
    expect(partsOf(measured, now).map(({ state }) => state)).toEqual([
      'unknown',
      'fail',
      'pass',
      'pass',
      'pass',
      'pass',
    ]);
  });
});

function feedsOf(sources: readonly object[]): NonNullable<Measured['database']> {
  return { state: 'ready', info: { sources } } as unknown as NonNullable<Measured['database']>;
}
