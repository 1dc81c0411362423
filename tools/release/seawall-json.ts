import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** Most of what a command may write, in bytes. */
const most = 512 * 1024 ** 2;

/** Runs `bin/seawall` of a checkout and reads the JSON that it writes. Throws where it could not do its work (exit code 2). */
export async function seawallJson(
  root: string,
  words: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<unknown> {
  const run = spawnSync(join(root, 'bin/seawall'), words, {
    env: { ...process.env, SEAWALL_CONSOLE: undefined, SEAWALL_TOKEN: undefined, ...env },
    encoding: 'utf8',
    maxBuffer: most,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (run.error !== undefined || run.status === null || run.status === 2)
    throw new Error(`seawall ${words.join(' ')} failed:\n${run.error?.message ?? run.stderr}`);
  return JSON.parse(run.stdout);
}
