import { expect, test } from 'vitest';
import type { HostGate } from '../../../../src/gate/contract.ts';
import { engineWords, gateStatus, trialWord } from './gate-words.ts';

const now = new Date('2026-11-24T12:00:00Z');
const gate: NonNullable<HostGate['gate']> = {
  wrapper: 'installed',
  authorization: 'off',
  ledger: { sequence: 3, issuedAt: '2026-11-24T10:00:00Z', expiresAt: '2026-11-25T10:00:00Z', entries: 12 },
  canary: { at: '2026-11-24T11:58:00Z', passed: false, untried: 0, message: '2 of 2 gates refused.' },
  problems: [],
};
const host = (more: Partial<HostGate> = {}): HostGate => ({
  host: 'pier-1',
  stale: false,
  gate,
  rogues: [],
  breakGlass: [],
  ...more,
});

test('a gate is only good when it judges every start, and what is not known is never good', () => {
  expect(gateStatus(host(), now)).toMatchObject({ state: 'pass', todo: [] });
  expect(gateStatus(host({ gate: undefined }), now).state).toBe('unknown');
  expect(gateStatus(host({ stale: true }), now)).toMatchObject({ state: 'unknown' });
  expect(gateStatus(host({ gate: { ...gate, wrapper: 'partial' } }), now).state).toBe('partly');
  expect(gateStatus(host({ gate: { ...gate, wrapper: 'absent' } }), now).state).toBe('unknown');
  expect(gateStatus(host(), new Date('2026-11-26T12:00:00Z'))).toMatchObject({ state: 'unknown' });
  const canary = { at: now.toISOString(), passed: true, message: 'It started.' };
  expect(gateStatus(host({ gate: { ...gate, canary } }), now)).toMatchObject({
    state: 'fail',
    todo: [expect.stringContaining('seawall gate status')],
  });
});

test('a gate that was not tried, or could not be, is not known to refuse', () => {
  const { canary: tried, ...untried } = gate;
  expect(gateStatus(host({ gate: untried }), now)).toMatchObject({ state: 'unknown' });
  const canary = { at: now.toISOString(), passed: false, untried: 1, message: 'The gate could not be asked.' };
  expect(gateStatus(host({ gate: { ...gate, canary } }), now)).toMatchObject({
    state: 'unknown',
    todo: ['The gate could not be asked.'],
  });
  expect([trialWord({}), trialWord(gate), trialWord({ canary })]).toEqual([
    'not tried yet',
    'refused',
    'could not be tried',
  ]);
  expect(trialWord({ canary: tried && { ...tried, passed: true } })).toBe('let through');
});

test('a ledger that the console cannot make is shown with why', () => {
  const ledgerTrouble = { since: now.toISOString(), reason: 'The disk is full.' };
  expect(gateStatus(host({ ledgerTrouble }), now)).toMatchObject({
    state: 'partly',
    todo: [expect.stringContaining('The disk is full.')],
  });
});

test('an engine that can be talked past its plugin is something to do', () => {
  const engine = { version: '26.1.5', safe: false, cases: ['B7'] };
  expect(gateStatus(host({ gate: { ...gate, engine } }), now).todo).toEqual([expect.stringContaining('26.1.5')]);
});

test('an engine of which nobody knows whether its distribution mended it is neither safe nor to be upgraded', () => {
  const unknown = ['B2: a body is not shown'];
  const engine = { version: '26.1.5+dfsg1', package: 'docker.io 26.1.5+dfsg1-9 of debian:12', safe: false, cases: [] };
  expect(gateStatus(host({ gate: { ...gate, engine: { ...engine, unknown } } }), now).todo).toEqual([]);
  expect(engineWords({ ...engine, unknown })).toBe(
    '26.1.5+dfsg1, the package docker.io 26.1.5+dfsg1-9 of debian:12; patch status unknown: B2: a body is not shown',
  );
  expect(engineWords({ ...engine, safe: true })).toContain(', safe');
});
