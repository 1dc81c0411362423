import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Metric, Sample } from './metric.ts';

/** All metrics of a program. */
export interface MetricsRegistry<Name extends string> {
  /** Adds one to a counter that is counted as it happens. */
  count(name: Name, labels: Readonly<Record<string, string>>): void;
  /** Adds an observation to a histogram. */
  observe(name: Name, value: number, labels: Readonly<Record<string, string>>): void;
  /** Everything in the text format of Prometheus. */
  text(): Promise<string>;
}

interface RegistryOptions<Name extends string> {
  readonly metrics: readonly (Metric & { readonly name: Name })[];
  /** Those that are counted as they happen; all others come from `read`. */
  readonly counted: readonly Name[];
  /** Gives what is known now. What it does not give is not shown: a value that nobody knows is no zero. */
  readonly read: () => Promise<readonly Sample<Name>[]>;
}

/** Gauges that prom-client names like counters, which `promtool check metrics` refuses; others tell the same by type. */
const misnamed = ['nodejs_active_handles_total', 'nodejs_active_requests_total', 'nodejs_active_resources_total'];

/** Makes the metrics of the list, and the standard ones of the process (`process_…`, `nodejs_…`). */
export function openRegistry<Name extends string>(options: RegistryOptions<Name>): MetricsRegistry<Name> {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  for (const name of misnamed) registry.removeSingleMetric(name);
  const made = new Map<string, Gauge | Counter | Histogram>(
    options.metrics.map((metric) => [metric.name, make(metric, registry)]),
  );
  const snapshots = options.metrics.filter(({ name }) => !options.counted.includes(name));
  let reading: Promise<string> | undefined;

  async function read(): Promise<string> {
    const samples = await options.read();
    for (const { name, labels } of snapshots) clear(made.get(name), labels !== undefined);
    for (const { name, value, labels = {} } of samples) {
      const metric = made.get(name);
      if (metric instanceof Gauge) metric.set(labels, value);
      if (metric instanceof Counter) metric.inc(labels, value);
    }
    return await registry.metrics();
  }

  return {
    count: (name, labels) => {
      const metric = made.get(name);
      if (metric instanceof Counter) metric.inc(labels);
    },
    observe: (name, value, labels) => {
      const metric = made.get(name);
      if (metric instanceof Histogram) metric.observe(labels, value);
    },
    // Who asks while it is read gets the same text.
    text: () => {
      reading ??= read().finally(() => (reading = undefined));
      return reading;
    },
  };
}

function make({ name, kind, help, labels = {}, buckets }: Metric, registry: Registry): Gauge | Counter | Histogram {
  const shared = { name, help, labelNames: Object.keys(labels), registers: [registry] };
  switch (kind) {
    case 'gauge':
      return new Gauge(shared);
    case 'counter':
      return new Counter(shared);
    case 'histogram':
      return new Histogram({ ...shared, ...(buckets === undefined ? {} : { buckets: [...buckets] }) });
  }
}

/** Leaves no value: a metric without labels would start at 0. */
function clear(metric: Gauge | Counter | Histogram | undefined, hasLabels: boolean): void {
  metric?.reset();
  if (!hasLabels) metric?.remove();
}
