import { expect, test } from 'vitest';
import { collectHost } from '#inventory/agent/index.ts';
import { evaluate } from '../../evaluate.ts';
import { hostChecks } from './index.ts';

test('checks of this machine', { timeout: 60_000 }, async () => {
  const facts = await collectHost({ root: '/' });
  const results = evaluate(hostChecks, facts, { now: new Date(), lists: {} });
  const states = Map.groupBy(results, ({ state }) => state);
  const lines = [...states].map(([state, found]) => `${state}: ${found.map(({ id }) => id).join(' ')}`);
  process.stdout.write(`${lines.join('\n')}\n`);
  expect(states.get('error') ?? []).toEqual([]);
  expect(results.length - (states.get('not-assessed')?.length ?? 0)).toBeGreaterThanOrEqual(50);
  for (const result of states.get('not-assessed') ?? [])
    expect(result).toMatchObject({ reason: expect.stringMatching(/\w{3}.*\.$/) });
  expect(JSON.parse(JSON.stringify(facts))).toEqual(facts);
});
