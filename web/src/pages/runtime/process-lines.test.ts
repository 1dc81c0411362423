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
