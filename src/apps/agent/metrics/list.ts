import type { Metric } from '../../metrics/metric.ts';

/** What the agent measures. */
export const agentMetrics = [
  {
    name: 'seawall_agent_build_info',
    kind: 'gauge',
    help: 'Always 1; the version is the label.',
    labels: { version: 'version of Seawall' },
  },
  {
    name: 'seawall_agent_link_connected',
    kind: 'gauge',
    help: '1 while the console answers, else 0; a host goes on with the rules that it has.',
  },
  {
    name: 'seawall_agent_link_revoked',
    kind: 'gauge',
    help: '1 when the console refuses this agent for good: it must join again.',
  },
  { name: 'seawall_agent_spool_waiting_facts', kind: 'gauge', help: 'Facts that the console does not have yet.' },
  { name: 'seawall_agent_spool_bytes', kind: 'gauge', help: 'What the spool takes on the disk, of 256 MiB at most.' },
  {
    name: 'seawall_agent_spool_lost_facts_total',
    kind: 'counter',
    help: 'Facts given up since the agent joined; the whole state follows each time.',
  },
  {
    name: 'seawall_agent_clock_offset_seconds',
    kind: 'gauge',
    help: 'How far the clock of this host is ahead of the console’s; missing: not measured yet.',
  },
  {
    name: 'seawall_agent_sensor_working',
    kind: 'gauge',
    help: '1 while a sensor watches what containers do, else 0.',
  },
  {
    name: 'seawall_agent_sensor_unacknowledged_seconds',
    kind: 'gauge',
    help: 'How long the oldest event waits that the agent has not kept; 0 when none waits; missing: no sensor works.',
  },
  {
    name: 'seawall_agent_sensor_lost_events_total',
    kind: 'counter',
    help: 'Events that found no room in the ring of the sensor, since the sensor started.',
  },
  {
    name: 'seawall_agent_sensor_throttled_events_total',
    kind: 'counter',
    help: 'Events left out because a container made too many, since the sensor started.',
  },
  {
    name: 'seawall_agent_containers',
    kind: 'gauge',
    help: 'Containers that run, by what the sensor proved for each.',
    labels: {
      state:
        '`protected`: armed with the policy that its rule asks for, `no-rule`: no rule asks for one, `not-protected`: all else',
    },
  },
  {
    name: 'seawall_agent_gate_installed',
    kind: 'gauge',
    help: '1 when the gate stands in the place of the engine’s runtime, else 0; missing: this agent answers no gate.',
  },
  {
    name: 'seawall_agent_gate_problems',
    kind: 'gauge',
    help: 'What is wrong with the gate; `seawall gate status` says it.',
  },
  {
    name: 'seawall_agent_gate_canary_timestamp_seconds',
    kind: 'gauge',
    help: 'When the agent last tried its own gates; missing: never.',
  },
  {
    name: 'seawall_agent_gate_canary_let_through',
    kind: 'gauge',
    help: '1 when a gate let the canary through, which it had to refuse: an incident. 0 is well.',
  },
  {
    name: 'seawall_agent_gate_ledger_expiry_timestamp_seconds',
    kind: 'gauge',
    help: 'When the verdicts of the ledger in force stop to hold; missing: there is none.',
  },
] as const satisfies readonly Metric[];

export type AgentMetric = (typeof agentMetrics)[number]['name'];
