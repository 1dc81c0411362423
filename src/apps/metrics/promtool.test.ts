import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { agentMetrics } from '../agent/metrics/list.ts';
import { consoleMetrics } from '../console/metrics/list.ts';
import type { Metric } from './metric.ts';
import { openRegistry } from './registry.ts';

const page = new URL('../../../docs/how-to/monitor-seawall.md', import.meta.url);
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'seawall-promtool-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What Prometheus' own tool objects to. */
function objections(words: readonly string[], input = ''): string {
  const { status, stdout, stderr } = spawnSync('promtool', words, { encoding: 'utf8', input, timeout: 20_000 });
  return status === 0 ? '' : stdout + stderr;
}

/** All metrics of a program, each with a value, as it serves them. */
async function served(metrics: readonly Metric[]): Promise<string> {
  const labelsOf = ({ labels = {} }: Metric) => Object.fromEntries(Object.keys(labels).map((label) => [label, 'x']));
  const registry = openRegistry({
    metrics,
    counted: metrics.filter(({ kind }) => kind === 'histogram').map(({ name }) => name),
    read: async () => metrics.map((metric) => ({ name: metric.name, value: 1, labels: labelsOf(metric) })),
  });
  for (const metric of metrics) if (metric.kind === 'histogram') registry.observe(metric.name, 1, labelsOf(metric));
  return await registry.text();
}

test.each([
  ['console', consoleMetrics],
  ['agent', agentMetrics],
] as const)('promtool objects to no metric of the %s', async (_, metrics) => {
  const text = await served(metrics);
  for (const { name } of metrics) expect(text).toMatch(new RegExp(`^${name}`, 'm'));
  expect(objections(['check', 'metrics'], text)).toBe('');
});

test('promtool takes the configuration and the alerts of the how-to as they are written', () => {
  const [scrape = '', alerts = ''] = readFileSync(page, 'utf8')
    .matchAll(/```yaml\n(.*?)```/gs)
    .map(([, block = '']) => block);
  expect(alerts.match(/- alert:/g)?.length).toBeGreaterThan(10);
  const [configuration, rules] = [join(folder, 'prometheus.yml'), join(folder, 'alerts.yml')];
  writeFileSync(rules, alerts);
  writeFileSync(configuration, `rule_files: [alerts.yml]\n${scrape}`);
  expect(objections(['check', 'config', configuration])).toBe('');
});
