import { expect, test } from 'vitest';
import type { Detection } from '#runtime/contract.ts';
import { processTree } from './process-lines.ts';

const java = { pid: 7, path: '/usr/bin/java' };
const init = { pid: 1, path: '/usr/bin/tini' };
const seen = (pid: number, path: string): Detection =>
  ({ id: String(pid), process: { pid, path }, ancestors: [java, init] }) as unknown as Detection;

test('processes with the same ancestors hang below one of each', () => {
  const tree = processTree([seen(811, '/usr/bin/dash'), seen(812, '/usr/bin/bash')]);
  expect(tree.map(({ process }) => process.path)).toEqual(['/usr/bin/tini']);
  const [below] = tree[0]?.children ?? [];
  expect(below?.process.path).toBe('/usr/bin/java');
  expect(below?.detection).toBeUndefined();
  expect(below?.children.map(({ process, detection }) => [process.path, detection?.id])).toEqual([
    ['/usr/bin/dash', '811'],
    ['/usr/bin/bash', '812'],
  ]);
});

test('what is repeated stands once with how often, and another outcome or argument stands apart', () => {
  const start = (pid: number, outcome: Detection['outcome'], word = 'a'): Detection => ({
    ...seen(pid, '/usr/bin/dash'),
    process: { pid, path: '/usr/bin/dash', argv: ['dash', word] },
    outcome,
  });
  const many = Array.from({ length: 54 }, (_, n) => start(1000 + n, 'observed'));
  const tree = processTree([...many, start(2000, 'refused'), start(2001, 'observed', 'b')]);
  const nodes = tree[0]?.children[0]?.children ?? [];
  expect(nodes.map(({ process, times }) => [process.pid, times])).toEqual([
    [1000, 54],
    [2000, 1],
    [2001, 1],
  ]);
});

test('a deep tree is folded in no time', () => {
  const ancestors = Array.from({ length: 60 }, (_, n) => ({ pid: n + 1, path: `/usr/bin/"level"-${n}` }));
  const deep = (pid: number): Detection => ({ ...seen(pid, '/usr/bin/dash'), ancestors });
  const started = performance.now();
  let [node] = processTree([deep(1000), deep(1001)]);
  while (node?.children[0] !== undefined) [node] = node.children;
  expect(node?.times).toBe(2);
  expect(performance.now() - started).toBeLessThan(2000);
});
