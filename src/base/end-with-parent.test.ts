import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { processorBounds } from './process-bounds.ts';

const module = new URL('./end-with-parent.ts', import.meta.url).href;
const busy = `import { endWithParent } from ${JSON.stringify(module)};
endWithParent();
console.log(process.pid);
setTimeout(() => { for (;;) Math.random(); }, 300);`;
const parent = `const [command, ...words] = JSON.parse(process.argv[2]);
require('node:child_process').spawn(command, [...words, '--input-type=module', '-e', process.argv[1]],
  { env: {}, stdio: ['ignore', 'inherit', 'inherit'] });`;
/** As one process, and as what the kernel ends where it can. */
const starts = [
  ['by itself', [process.execPath]],
  ['within bounds', [...processorBounds(60, {}), process.execPath]],
] as const;

describe('endWithParent', () => {
  let started: ChildProcess;
  let child = 0;
  afterEach(() => {
    started.kill('SIGKILL');
    if (existsSync(`/proc/${child}`)) process.kill(child, 'SIGKILL');
  });

  it.each(starts)(
    'ends a process %s that computes for ever when its parent is killed, and not before',
    async (_, words) => {
      started = spawn(process.execPath, ['-e', parent, busy, JSON.stringify(words)], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const [first] = await once(started.stdout as NonNullable<typeof started.stdout>, 'data');
      child = Number(first);
      await pause(2000);
      expect(existsSync(`/proc/${child}`)).toBe(true);
      started.kill('SIGKILL');
      await expect.poll(() => existsSync(`/proc/${child}`), { timeout: 10_000 }).toBe(false);
    },
  );
});
