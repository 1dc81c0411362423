import { describe, expect, test } from 'vitest';
import type { GateFact } from '#gate/contract.ts';
import type { LinkState } from '#link/agent/index.ts';
import type { ArmedFact, SensorFact } from '#runtime/contract.ts';
import { agentMetrics } from './list.ts';
import { noteFacts } from './noted-facts.ts';
import { type AgentMeasured, readAgentSamples } from './read.ts';

const now = new Date('2026-11-24T12:00:00Z');
const link: LinkState = { contact: { kind: 'connected' }, waiting: 3, bytes: 4096, lost: 1 };
const sensor: SensorFact = { state: 'working', mechanisms: [], lost: 5, throttled: 6 };
const ids = ['a', 'b'].map((letter) => letter.repeat(64));
const armed: ArmedFact = {
  container: ids[0] ?? '',
  policy: { kind: 'asked', rule: { id: 'r', version: 1 } },
  mechanisms: ['exec-refused'],
};

interface Said {
  readonly sensor?: SensorFact;
  readonly gate?: GateFact;
  readonly armed?: readonly ArmedFact[];
}

/** What metrics say after an agent said this to its console, as `name{label}` → value. */
function samples(said: Said, change: Partial<AgentMeasured> = {}): Readonly<Record<string, number>> {
  const ignored = () => undefined;
  const { reporter, facts } = noteFacts({ state: ignored, report: ignored, forget: ignored, forgetAll: ignored });
  if (said.sensor !== undefined) reporter.state({ kind: 'sensor', id: '' }, said.sensor);
  if (said.gate !== undefined) reporter.state({ kind: 'gate', id: '' }, said.gate);
  for (const fact of said.armed ?? []) reporter.state({ kind: 'armed', id: fact.container }, fact);
  const measured = { version: '1.2.3', link: () => link, facts, running: () => ids, now: () => now, ...change };
  const read = readAgentSamples(measured);
  const names = new Set<string>(agentMetrics.map(({ name }) => name));
  expect(read.filter(({ name }) => !names.has(name))).toEqual([]);
  return Object.fromEntries(
    read.map(({ name, value, labels = {} }) => {
      const shown = Object.values(labels).join();
      return [`${name.replace('seawall_agent_', '')}${shown === '' ? '' : `{${shown}}`}`, value];
    }),
  );
}

describe('containers', () => {
  const counts = (said: Said) => {
    const read = samples(said);
    return ['protected', 'no-rule', 'not-protected'].map((state) => read[`containers{${state}}`]);
  };
  const asked = { ...armed, policy: { kind: 'asked' } as const };

  test.each<readonly [string, Said, readonly number[]]>([
    ['of which nothing is known are not protected', { sensor }, [0, 0, 2]],
    ['without a sensor', { armed: [armed] }, [0, 0, 2]],
    ['whose sensor is away', { sensor: { ...sensor, state: 'away' }, armed: [armed] }, [0, 0, 2]],
    ['that are armed', { sensor, armed: [armed] }, [1, 0, 1]],
    ['for which no rule asks', { sensor, armed: [asked] }, [0, 1, 1]],
    ['with another policy', { sensor, armed: [{ ...armed, policy: { kind: 'other', reason: 'x' } }] }, [0, 0, 2]],
    ['without orders', { sensor, armed: [{ ...armed, policy: { kind: 'no-orders' } }] }, [0, 0, 2]],
    ['that are not reported', { sensor, armed: [{ ...armed, policy: { kind: 'not-reported' } }] }, [0, 0, 2]],
    ['that are not marked', { sensor, armed: [{ ...armed, problem: { kind: 'not-marked', reason: 'x' } }] }, [0, 0, 2]],
    ['without a mechanism', { sensor, armed: [{ ...armed, mechanisms: [] }] }, [0, 0, 2]],
    ['that ended do not count', { sensor, armed: [{ ...armed, container: 'f'.repeat(64) }] }, [0, 0, 2]],
  ])('%s', (_name, said, expected) => expect(counts(said)).toEqual(expected));

  test('are missing while the engine does not answer', () => {
    expect(Object.keys(samples({ sensor }, { running: () => undefined })).join()).not.toContain('containers');
  });

  test('that are forgotten are not protected', () => {
    const ignored = () => undefined;
    const { reporter, facts } = noteFacts({ state: ignored, report: ignored, forget: ignored, forgetAll: ignored });
    reporter.state({ kind: 'armed', id: armed.container }, armed);
    expect(facts.armed().size).toBe(1);
    reporter.forget({ kind: 'armed', id: armed.container });
    expect(facts.armed().size).toBe(0);
  });
});

describe('the agent', () => {
  test('says how its link, spool and sensor stand', () => {
    const waiting = { since: '2026-11-24T11:59:00Z', seconds: 30 };
    expect(samples({ sensor: { ...sensor, unacknowledged: waiting } })).toMatchObject({
      'build_info{1.2.3}': 1,
      link_connected: 1,
      link_revoked: 0,
      spool_waiting_facts: 3,
      spool_bytes: 4096,
      spool_lost_facts_total: 1,
      sensor_working: 1,
      sensor_unacknowledged_seconds: 60,
      sensor_lost_events_total: 5,
      sensor_throttled_events_total: 6,
    });
    expect(samples({ sensor })).toMatchObject({ sensor_unacknowledged_seconds: 0 });
  });

  test.each(['connecting', 'away', 'revoked'] as const)('a link that is %s is not connected', (kind) => {
    const contact = { kind, reason: 'r', next: 'n' };
    const read = samples({}, { link: () => ({ ...link, contact, clockOffset: -1.5 }) });
    expect(read).toMatchObject({
      link_connected: 0,
      link_revoked: kind === 'revoked' ? 1 : 0,
      clock_offset_seconds: -1.5,
    });
  });

  test('what is not known is missing', () => {
    const names = Object.keys(samples({}));
    for (const part of ['gate', 'clock', 'lost_events', 'unacknowledged'])
      expect(names.filter((name) => name.includes(part))).toEqual([]);
    expect(samples({})['sensor_working']).toBe(0);
  });

  test('says how its gate stands', () => {
    const gate: GateFact = { wrapper: 'installed', authorization: 'off', problems: ['x'] };
    expect(samples({ gate })).toMatchObject({ gate_installed: 1, gate_problems: 1 });
    expect(Object.keys(samples({ gate })).join()).not.toMatch(/canary|ledger/);
    const whole: GateFact = {
      ...gate,
      wrapper: 'partial',
      canary: { at: '2026-11-24T11:00:00Z', passed: true, message: 'm' },
      ledger: { sequence: 1, issuedAt: '2026-11-24T11:00:00Z', expiresAt: '2026-11-25T11:00:00Z', entries: 1 },
    };
    const all = samples({ sensor, gate: whole }, { link: () => ({ ...link, clockOffset: 0 }) });
    const given = new Set(Object.keys(all).map((name) => `seawall_agent_${name.replace(/\{.*/, '')}`));
    expect(agentMetrics.map(({ name }) => name).filter((name) => !given.has(name))).toEqual([]);
    expect(samples({ gate: whole })).toMatchObject({
      gate_installed: 0,
      gate_canary_let_through: 1,
      gate_canary_timestamp_seconds: Date.parse('2026-11-24T11:00:00Z') / 1000,
      gate_ledger_expiry_timestamp_seconds: Date.parse('2026-11-25T11:00:00Z') / 1000,
    });
  });
});
