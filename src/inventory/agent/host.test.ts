import { expect, test } from 'vitest';
import { silentLog } from '#base/index.ts';
import { HostFact } from '../contract.ts';
import { createHostReport, osNameOf } from './host.ts';
import { createReporter } from './reporter.ts';
import { recordFacts } from './testing.ts';

test('a host is told with its engine, its environment and how far its scanner is, each time only when it changed', () => {
  const facts = recordFacts();
  const settings = { environment: 'prod', allowEnvironments: ['test'] };
  const host = createHostReport(createReporter(facts, silentLog), settings);
  host.report();
  expect(facts.all).toEqual([]);
  host.engine({ kind: 'none', reason: 'no\nsocket' });
  host.engine({ kind: 'none', reason: 'no\nsocket' });
  host.progress({ done: 0, total: 2, current: 'app:1' });
  host.progress(undefined);
  expect(facts.of('host')).toHaveLength(3);
  for (const fact of facts.of('host')) expect(HostFact.parse(fact)).toEqual(fact);
  expect(facts.of('host')[1]).toMatchObject({
    engine: { kind: 'none', reason: 'no socket' },
    environment: 'prod',
    allowEnvironments: ['test'],
    progress: { done: 0, total: 2, current: 'app:1' },
  });
  expect(facts.of('host')[2]).not.toHaveProperty('progress');
});

test.each([
  ['NAME="Debian GNU/Linux"\nPRETTY_NAME="Debian GNU/Linux 13 (trixie)"\n', 'Debian GNU/Linux 13 (trixie)'],
  ["NAME=Alpine\nVERSION_ID='3.20'\n", 'Alpine 3.20'],
  ['', 'Linux'],
])('the name in os-release %j is %s', (text, name) => {
  expect(osNameOf(text)).toBe(name);
});
