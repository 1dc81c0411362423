import { describe, expect, it } from 'vitest';
import type { Host } from '#inventory/contract.ts';
import type { HostSensor } from '#runtime/contract.ts';
import type { HostGate } from '../../../../src/gate/contract.ts';
import { coverageKinds, coverageOf, type CoverageFacts } from './coverage.ts';

const now = new Date('2026-11-24T12:00:00Z');
const moment = now.toISOString();
const later = '2026-11-24T13:00:00Z';

const host = (name: string, more: Partial<Host> = {}): Host => ({
  name,
  environmentFrom: 'agent',
  agent: { state: 'live', version: '1' },
  stale: false,
  facts: {
    os: 'Debian',
    kernel: '6.12',
    architecture: 'x86_64',
    cpus: 2,
    memory: 1,
    bootedAt: moment,
    engine: { kind: 'none', reason: 'none' },
    allowEnvironments: [],
  },
  counts: { images: 2, running: 1, containers: 1, unscanned: 0 },
  ...more,
});
const sensor = (name: string, more: Partial<HostSensor> = {}): HostSensor => ({
  host: name,
  stale: false,
  protection: 'prevents',
  containers: { unknown: 0, unprotected: 0, partly: 0, protected: 1, watched: 0 },
  models: { active: 1, learning: 0, none: 0 },
  eventsLate: false,
  stops: ['programs'],
  reported: { sensor: { state: 'working', mechanisms: [], lost: 0, throttled: 0 }, since: moment, at: moment },
  ...more,
});
const gate = (name: string, more: Partial<HostGate> = {}): HostGate => ({
  host: name,
  stale: false,
  gate: {
    wrapper: 'installed',
    authorization: 'on',
    problems: [],
    canary: { at: moment, passed: false, message: '' },
    ledger: { sequence: 1, entries: 1, issuedAt: moment, expiresAt: later },
  } as unknown as NonNullable<HostGate['gate']>,
  rogues: [],
  breakGlass: [],
  ...more,
});
const facts = (more: Partial<CoverageFacts> = {}): CoverageFacts => ({
  gates: [gate('a')],
  sensors: new Map([['a', sensor('a')]]),
  unscanned: new Map(),
  now,
  ...more,
});
const states = (of: Partial<CoverageFacts>, hosts = [host('a')]) => {
  const [line] = coverageOf(hosts, facts(of));
  return line && coverageKinds.map((kind) => line[kind].state);
};

describe('coverageOf', () => {
  it('is green only by what was reported', () => {
    expect(states({})).toEqual(['pass', 'pass', 'pass', 'pass']);
    expect(states({ gates: undefined, sensors: undefined, unscanned: undefined })).toEqual([
      'unknown',
      'unknown',
      'unknown',
      'unknown',
    ]);
    expect(states({ gates: [], sensors: new Map() })).toEqual(['unknown', 'unknown', 'pass', 'unknown']);
    expect(states({}, [host('a', { stale: true })])?.[2]).toBe('unknown');
    const { facts: _none, ...silent } = host('a');
    expect(states({}, [silent])?.[2]).toBe('unknown');
  });

  it('takes what waits for its scan, or could not be scanned, for unknown', () => {
    expect(states({ unscanned: new Map([['a', { failed: 0, waiting: 1 }]]) })?.[2]).toBe('unknown');
    expect(states({ unscanned: new Map([['a', { failed: 1, waiting: 0 }]]) })?.[2]).toBe('unknown');
    expect(states({ unscanned: new Map([['b', { failed: 1, waiting: 1 }]]) })?.[2]).toBe('pass');
    expect(states({}, [host('a', { counts: { images: 2, running: 0, containers: 0, unscanned: 1 } })])?.[2]).toBe(
      'unknown',
    );
    expect(states({}, [host('a', { counts: { images: 0, running: 0, containers: 0, unscanned: 0 } })])?.[2]).toBe(
      'unknown',
    );
  });

  it('counts on a model only where a working sensor watches', () => {
    const model = (more: Partial<HostSensor>) => states({ sensors: new Map([['a', sensor('a', more)]]) })?.[3];
    expect(model({ models: { active: 0, learning: 1, none: 0 } })).toBe('partly');
    expect(model({ models: { active: 3, learning: 0, none: 1 } })).toBe('unknown');
    expect(model({ models: { active: 0, learning: 0, none: 0 } })).toBe('partly');
    expect(model({ stale: true })).toBe('unknown');
    const away = { state: 'away', mechanisms: [], lost: 0, throttled: 0 } as const;
    expect(model({ reported: { sensor: away, since: moment, at: moment } })).toBe('unknown');
  });

  it('puts hosts of which less is known before others, and failures before what passes', () => {
    const hosts = [host('a'), host('b'), host('c')];
    const lines = coverageOf(
      hosts,
      facts({
        gates: [gate('a'), gate('b', { gate: { ...gate('b').gate, wrapper: 'broken' } as never }), gate('c')],
        sensors: new Map(['a', 'b'].map((name) => [name, sensor(name)])),
      }),
    );
    expect(lines.map((line) => line.host.name)).toEqual(['c', 'b', 'a']);
  });
});
