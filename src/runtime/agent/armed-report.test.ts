import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createReporter } from '#inventory/agent/index.ts';
import { silentLog } from '#base/index.ts';
import type { ArmedFact } from '../contract.ts';
import { ArmedReport } from './armed-report.ts';
import type { ReportedContainer } from './containers/reported-container.ts';

const reported: ReportedContainer = { cgroup: 7n, policy: 5, version: 9, mechanisms: ['exec-killed'], since: 0 };

function open() {
  const said: ArmedFact[] = [];
  const running = new Set<string>();
  const heard = new Map<string, ReportedContainer>();
  const reporter = createReporter({ send: async (_, body) => void said.push(body as ArmedFact) }, silentLog);
  const report = new ArmedReport({
    reporter,
    running: () => [...running],
    evidence: (id) => ({
      hasConfiguration: true,
      asked: { rule: undefined, sent: { number: 5, version: 9 } },
      reported: heard.get(id),
    }),
    pauses: { first: 20, next: 10 },
  });
  const kinds = () => said.splice(0).map(({ container, policy }) => `${container.slice(0, 1)} ${policy.kind}`);
  return { report, running, heard, kinds };
}

test('each container is told once, when something of it changes, and never while no sensor is there', async () => {
  const { report, running, heard, kinds } = open();
  const [a, b] = ['a'.repeat(64), 'b'.repeat(64)];
  running.add(a).add(b);
  heard.set(a, reported);
  report.changed();
  report.report();
  await wait(40);
  expect(kinds()).toEqual([]);
  report.met('met');
  await wait(40);
  expect(kinds()).toEqual(['a asked', 'b not-reported']);
  heard.set(b, { ...reported, version: 8 });
  report.changed();
  report.changed();
  await wait(40);
  expect(kinds()).toEqual(['b other']);
  report.met('away');
  heard.clear();
  report.changed();
  await wait(40);
  expect(kinds()).toEqual([]);
  report.close();
});

test('one that ended is not left as armed: it may run again before its sensor reports it', async () => {
  const { report, running, heard, kinds } = open();
  const a = 'a'.repeat(64);
  running.add(a);
  heard.set(a, reported);
  report.met('met');
  await wait(40);
  running.clear();
  report.changed();
  await wait(40);
  expect(kinds()).toEqual(['a asked', 'a not-reported']);
  running.add(a);
  report.report();
  expect(kinds()).toEqual(['a asked']);
  report.close();
});
