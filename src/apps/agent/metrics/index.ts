import type { Log } from '#base/index.ts';
import { type MetricsAddress, type MetricsListener, serveMetrics } from '../../metrics/listener.ts';
import { openRegistry } from '../../metrics/registry.ts';
import { type AgentMetric, agentMetrics } from './list.ts';
import { type AgentMeasured, readAgentSamples } from './read.ts';

/** Serves the metrics of an agent. Not ready: its console does not answer, and it says how the link stands. */
export async function serveAgentMetrics(
  at: MetricsAddress,
  measured: AgentMeasured & { readonly log: Log },
): Promise<MetricsListener> {
  const registry = openRegistry<AgentMetric>({
    metrics: agentMetrics,
    counted: [],
    read: async () => readAgentSamples(measured),
  });
  return await serveMetrics(at, {
    metrics: registry.text,
    missing: async () => {
      const { kind } = measured.link().contact;
      return kind === 'connected' ? undefined : `link ${kind}`;
    },
    log: measured.log,
  });
}
