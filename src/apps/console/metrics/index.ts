import type { Log } from '#base/index.ts';
import type { Answered, Missing, Observe } from '#http/console/index.ts';
import { type MetricsAddress, type MetricsListener, serveMetrics } from '../../metrics/listener.ts';
import { openRegistry } from '../../metrics/registry.ts';
import { type ConsoleMetric, consoleMetrics } from './list.ts';
import { type Measured, readConsoleSamples } from './read.ts';

/** The metrics of a console. */
export interface ConsoleMetrics {
  /** What each port tells of its answers. */
  observeOn(port: 'pages' | 'link'): Observe;
  serve(
    at: MetricsAddress,
    context: { readonly missing: () => Promise<Missing | undefined>; readonly log: Log },
  ): Promise<MetricsListener>;
}

/** Opens them; nothing is measured by a console that serves none. */
export function openConsoleMetrics(measured: Measured): ConsoleMetrics {
  const registry = openRegistry<ConsoleMetric>({
    metrics: consoleMetrics,
    counted: ['seawall_http_requests_total', 'seawall_http_request_duration_seconds'],
    read: () => readConsoleSamples(measured),
  });
  return {
    observeOn:
      (port) =>
      ({ method, route, status, seconds }: Answered) => {
        const labels = { port, method, route };
        registry.count('seawall_http_requests_total', { ...labels, code: `${Math.floor(status / 100)}xx` });
        if (seconds !== undefined) registry.observe('seawall_http_request_duration_seconds', seconds, labels);
      },
    serve: (at, { missing, log }) => serveMetrics(at, { metrics: registry.text, missing, log }),
  };
}
