import type { GateFact } from '#gate/contract.ts';
import type { LinkState } from '#link/agent/index.ts';
import type { ArmedFact, SensorFact } from '#runtime/contract.ts';
import type { Sample } from '../../metrics/metric.ts';
import type { AgentMetric } from './list.ts';
import type { NotedFacts } from './noted-facts.ts';

export interface AgentMeasured {
  readonly version: string;
  readonly link: () => LinkState;
  readonly facts: NotedFacts;
  /** Ids of the containers that run, by the engine's word; missing: it does not answer. */
  readonly running: () => readonly string[] | undefined;
  readonly now: () => Date;
}

type Samples = readonly Sample<AgentMetric>[];

/** What the agent knows of itself and its host now. */
export function readAgentSamples({ version, link, facts, running, now }: AgentMeasured): Samples {
  const sensor = facts.sensor();
  const gate = facts.gate();
  return [
    { name: 'seawall_agent_build_info', value: 1, labels: { version } },
    ...linkSamples(link()),
    ...sensorSamples(sensor, now()),
    ...containerSamples({ sensor, armed: facts.armed(), running: running() }),
    ...(gate === undefined ? [] : gateSamples(gate)),
  ];
}

function linkSamples({ contact, waiting, bytes, lost, clockOffset }: LinkState): Samples {
  return [
    { name: 'seawall_agent_link_connected', value: contact.kind === 'connected' ? 1 : 0 },
    { name: 'seawall_agent_link_revoked', value: contact.kind === 'revoked' ? 1 : 0 },
    { name: 'seawall_agent_spool_waiting_facts', value: waiting },
    { name: 'seawall_agent_spool_bytes', value: bytes },
    { name: 'seawall_agent_spool_lost_facts_total', value: lost },
    ...(clockOffset === undefined ? [] : [{ name: 'seawall_agent_clock_offset_seconds' as const, value: clockOffset }]),
  ];
}

/** An agent that heard nothing of a sensor has none. */
function sensorSamples(sensor: SensorFact | undefined, now: Date): Samples {
  if (sensor?.state !== 'working') return [{ name: 'seawall_agent_sensor_working', value: 0 }];
  const { unacknowledged, lost, throttled } = sensor;
  const waits = unacknowledged === undefined ? 0 : (now.getTime() - Date.parse(unacknowledged.since)) / 1000;
  return [
    { name: 'seawall_agent_sensor_working', value: 1 },
    { name: 'seawall_agent_sensor_unacknowledged_seconds', value: Math.max(0, waits) },
    { name: 'seawall_agent_sensor_lost_events_total', value: lost },
    { name: 'seawall_agent_sensor_throttled_events_total', value: throttled },
  ];
}

interface ProtectionInput {
  readonly sensor: SensorFact | undefined;
  readonly armed: ReadonlyMap<string, ArmedFact>;
  readonly running: readonly string[] | undefined;
}

function containerSamples(input: ProtectionInput): Samples {
  if (input.running === undefined) return [];
  return Object.entries(countProtected(input)).map(([state, value]) => ({
    name: 'seawall_agent_containers',
    value,
    labels: { state },
  }));
}

/** Only what a working sensor proved counts as protected; a container of which nothing is known does not. */
function countProtected({ sensor, armed, running = [] }: ProtectionInput) {
  const counts = { protected: 0, 'no-rule': 0, 'not-protected': 0 };
  for (const id of running) counts[stateOf(sensor?.state === 'working' ? armed.get(id) : undefined)] += 1;
  return counts;
}

function stateOf(fact: ArmedFact | undefined): 'protected' | 'no-rule' | 'not-protected' {
  if (fact === undefined || fact.policy.kind !== 'asked') return 'not-protected';
  if (fact.policy.rule === undefined) return 'no-rule';
  return fact.problem === undefined && fact.mechanisms.length > 0 ? 'protected' : 'not-protected';
}

function gateSamples({ wrapper, problems, canary, ledger }: GateFact): Samples {
  return [
    { name: 'seawall_agent_gate_installed', value: wrapper === 'installed' ? 1 : 0 },
    { name: 'seawall_agent_gate_problems', value: problems.length },
    ...(canary === undefined
      ? []
      : [
          { name: 'seawall_agent_gate_canary_timestamp_seconds' as const, value: Date.parse(canary.at) / 1000 },
          { name: 'seawall_agent_gate_canary_let_through' as const, value: canary.passed ? 1 : 0 },
        ]),
    ...(ledger === undefined
      ? []
      : [
          {
            name: 'seawall_agent_gate_ledger_expiry_timestamp_seconds' as const,
            value: Date.parse(ledger.expiresAt) / 1000,
          },
        ]),
  ];
}
