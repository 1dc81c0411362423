import { expect, test } from 'vitest';
import type { HostGate } from '../../../../src/gate/contract.ts';
import { gatesStatus } from './gates-status.ts';

const now = new Date('2026-11-24T12:00:00Z');
const active: HostGate = {
  host: 'pier-1',
  stale: false,
  gate: {
    wrapper: 'installed',
    authorization: 'on',
    ledger: { sequence: 3, issuedAt: '2026-11-24T10:00:00Z', expiresAt: '2026-11-25T10:00:00Z', entries: 12 },
    canary: { at: '2026-11-24T11:58:00Z', passed: false, untried: 0, message: '2 of 2 gates refused.' },
    problems: [],
  },
  rogues: [],
  breakGlass: [],
};
const silent: HostGate = { ...active, host: 'pier-2', gate: undefined };
const rogue = (outcome: 'reported' | 'stopped'): HostGate => ({
  ...active,
  host: 'pier-3',
  rogues: [
    {
      container: 'a'.repeat(64),
      name: 'odd',
      image: 'odd:1',
      since: now.toISOString(),
      cause: 'not-admitted',
      outcome,
      reason: 'No gate admitted it.',
    },
  ],
});

test('is green only where every host reported an active gate', () => {
  expect(gatesStatus([active], now)).toMatchObject({ kind: 'active', state: 'pass', active: 1 });
  expect(gatesStatus([active, silent], now)).toMatchObject({ kind: 'not-everywhere', state: 'unknown', active: 1 });
  expect(gatesStatus([silent], now)).toMatchObject({ kind: 'none-known', state: 'unknown' });
  expect(gatesStatus([], now)).toMatchObject({ kind: 'none-known', state: 'unknown' });
  expect(gatesStatus([{ ...active, stale: true }], now)).toMatchObject({ kind: 'not-everywhere', state: 'unknown' });
});

test('names rogue containers first, and then gates that fail', () => {
  const broken: HostGate = { ...active, gate: active.gate && { ...active.gate, wrapper: 'broken' } };
  expect(gatesStatus([silent, broken], now)).toMatchObject({ kind: 'failing', state: 'fail', failing: 1 });
  expect(gatesStatus([broken, rogue('reported')], now)).toMatchObject({ kind: 'rogue', state: 'fail', rogues: 1 });
  expect(gatesStatus([rogue('stopped')], now)).toMatchObject({ kind: 'active', rogues: 0 });
});
