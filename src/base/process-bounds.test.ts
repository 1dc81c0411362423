import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { processorBounds } from './process-bounds.ts';

describe('bounds of a process', () => {
  test('are held by the kernel', () => {
    const [command, ...words] = [...processorBounds(77, {}), 'cat', '/proc/self/limits'];
    const { stdout } = spawnSync(command, words, { encoding: 'utf8' });
    expect(stdout).toMatch(/^Max cpu time +77 +77 +seconds/m);
    expect(stdout).toMatch(/^Max core file size +0 +0 +bytes/m);
  });

  test('say to the process whether the kernel ends it with its parent', () => {
    const [command, ...words] = [...processorBounds(77, {}), '/bin/sh', '-c', 'echo "$SEAWALL_ENDED_BY_KERNEL"'];
    const canEnd = spawnSync('setpriv', ['--pdeathsig', 'KILL', 'true']).status === 0;
    expect(spawnSync(command, words, { encoding: 'utf8' }).stdout).toBe(canEnd ? '1\n' : '\n');
    // As on a system whose `setpriv` cannot.
    const without = spawnSync(command, words, { encoding: 'utf8', env: { PATH: '/nowhere' } });
    expect(without.stdout).toBe('\n');
  });

  test('start no shell in the console’s image', () => {
    expect(processorBounds(77, { SEAWALL_IN_CONTAINER: '1' })).toEqual([]);
    expect(processorBounds(77, { SEAWALL_IN_CONTAINER: '0' })).toHaveLength(4);
  });
});
