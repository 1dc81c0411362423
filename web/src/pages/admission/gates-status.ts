import type { HostGate } from '../../../../src/gate/contract.ts';
import type { MarkState } from '../../ui/state-mark.tsx';
import { gateStatus } from './gate-words.ts';

/** The gates of all hosts at once: the worst comes first, then what is unknown. */
export interface GatesStatus {
  readonly kind: 'rogue' | 'failing' | 'none-known' | 'not-everywhere' | 'active';
  readonly state: MarkState;
  /** Hosts whose gate refused its newest trial, hosts whose gate fails, and rogue containers. */
  readonly active: number;
  readonly failing: number;
  readonly rogues: number;
}

/** Green only where every host reported a gate that refused its trial. */
export function gatesStatus(gates: readonly HostGate[], now: Date): GatesStatus {
  const states = gates.map((gate) => gateStatus(gate, now).state);
  const active = states.filter((state) => state === 'pass').length;
  const failing = states.filter((state) => state === 'fail').length;
  const rogues = gates.reduce(
    (sum, { rogues: of }) => sum + of.filter(({ outcome }) => outcome !== 'stopped').length,
    0,
  );
  const numbers = { active, failing, rogues };
  if (rogues > 0) return { kind: 'rogue', state: 'fail', ...numbers };
  if (failing > 0) return { kind: 'failing', state: 'fail', ...numbers };
  if (gates.every(({ gate }) => gate === undefined)) return { kind: 'none-known', state: 'unknown', ...numbers };
  if (active < gates.length) return { kind: 'not-everywhere', state: 'unknown', ...numbers };
  return { kind: 'active', state: 'pass', ...numbers };
}
