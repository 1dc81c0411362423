import type { Host } from '#inventory/contract.ts';
import type { HostSensor } from '#runtime/contract.ts';
import type { HostGate } from '../../../../src/gate/contract.ts';
import { count, counted } from '../../ui/format.ts';
import type { MarkState } from '../../ui/state-mark.tsx';
import { gateStatus } from '../admission/gate-words.ts';
import { statusOf } from '../sensor/sensor-words.ts';

/** What of one host is known of one kind of coverage. */
export interface Covered {
  readonly state: MarkState;
  readonly word: string;
}

export const coverageKinds = ['gate', 'sensor', 'scan', 'model'] as const;

/** One line of the matrix. */
export type HostCoverage = { readonly host: Host } & Readonly<Record<(typeof coverageKinds)[number], Covered>>;

/** What hosts reported, each by its own list; missing: that list could not be read. */
export interface CoverageFacts {
  readonly gates: readonly HostGate[] | undefined;
  readonly sensors: ReadonlyMap<string, HostSensor> | undefined;
  /** Targets without a scan, by host. */
  readonly unscanned: ReadonlyMap<string, { readonly failed: number; readonly waiting: number }> | undefined;
  readonly now: Date;
}

/** The matrix, hosts with the most unknowns first, then those with the most that fails. Nothing is green without a report. */
export function coverageOf(hosts: readonly Host[], facts: CoverageFacts): readonly HostCoverage[] {
  const gates = new Map(facts.gates?.map((gate) => [gate.host, gate]));
  const lines = hosts.map((host) => {
    const sensor = facts.sensors?.get(host.name);
    return {
      host,
      gate: gateCoverage(gates.get(host.name), facts.now),
      sensor: sensor === undefined ? unreported : statusOf(sensor),
      scan: scanCoverage(host, facts.unscanned),
      model: modelCoverage(sensor),
    };
  });
  const number = (line: HostCoverage, state: MarkState): number =>
    coverageKinds.filter((kind) => line[kind].state === state).length;
  return lines.toSorted(
    (left, right) =>
      number(right, 'unknown') - number(left, 'unknown') ||
      number(right, 'fail') - number(left, 'fail') ||
      number(right, 'partly') - number(left, 'partly') ||
      left.host.name.localeCompare(right.host.name),
  );
}

const unreported: Covered = { state: 'unknown', word: 'Not reported' };
const away: Covered = { state: 'unknown', word: 'Agent away' };

function gateCoverage(gate: HostGate | undefined, now: Date): Covered {
  return gate === undefined ? unreported : gateStatus(gate, now);
}

function scanCoverage({ name, stale, facts, counts }: Host, unscanned: CoverageFacts['unscanned']): Covered {
  if (stale) return away;
  if (facts === undefined || unscanned === undefined) return unreported;
  const { failed: listed = 0, waiting = 0 } = unscanned.get(name) ?? {};
  // Of what failed, who sees a part of the estate is given the number alone.
  const failed = Math.max(listed, counts.unscanned);
  if (failed > 0) return { state: 'unknown', word: `${count(failed)} not scanned` };
  if (waiting > 0) return { state: 'unknown', word: `${count(waiting)} waiting` };
  if (counts.images === 0) return { state: 'unknown', word: 'No image reported' };
  return { state: 'pass', word: `${counted(counts.images, 'image')} scanned` };
}

/** A model says something only of a container that a working sensor watches. */
function modelCoverage(sensor: HostSensor | undefined): Covered {
  if (sensor === undefined) return unreported;
  if (sensor.stale) return away;
  if (sensor.reported?.sensor.state !== 'working') return { state: 'unknown', word: 'Not observed' };
  const { active, learning, none } = sensor.models;
  if (active + learning + none === 0) return { state: 'partly', word: 'Nothing runs' };
  if (none > 0) return { state: 'unknown', word: `${counted(none, 'container')} without a model` };
  if (learning > 0) return { state: 'partly', word: `${count(learning)} of ${count(active + learning)} learning` };
  return { state: 'pass', word: `${count(active)} active` };
}
