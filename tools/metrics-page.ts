import { agentMetrics } from '#apps/agent/metrics/list.ts';
import { consoleMetrics } from '#apps/console/metrics/list.ts';
import type { Metric } from '#apps/metrics/metric.ts';

/** What comes before the tables of metrics. */
export const metricsIntro = `What \`seawall console --metrics ADDRESS\` and \`seawall agent --metrics ADDRESS\` serve at \`/metrics\`, in the text format of Prometheus. What is not known is missing: it is never shown as 0. Besides these there are the standard metrics of a process and of Node.js (\`process_…\`, \`nodejs_…\`), among them \`process_resident_memory_bytes\`, \`nodejs_eventloop_lag_p99_seconds\` and \`process_open_fds\`. No label carries the name of an image, a host or a person. [Monitor Seawall](../how-to/monitor-seawall.md) has the alerts.`;

/** The tables, made from the lists that the programs serve. */
export function metricsBody(table: (head: readonly string[], rows: readonly (readonly string[])[]) => string): string {
  return [
    '## Console',
    table(['metric', 'kind', 'meaning', 'labels'], consoleMetrics.map(rowOf)),
    '## Agent',
    table(['metric', 'kind', 'meaning', 'labels'], agentMetrics.map(rowOf)),
  ].join('\n\n');
}

function rowOf({ name, kind, help, labels = {} }: Metric): readonly string[] {
  const shown = Object.entries(labels).map(([label, values]) => `\`${label}\`: ${values}`);
  return [`\`${name}\``, kind, help, shown.join('<br>')];
}
