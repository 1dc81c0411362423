import { spawnSync } from 'node:child_process';

/** Runs a program to its end and shows what it says when it fails. Throws where it does. */
export function run(program: string, words: readonly string[], folder?: string): void {
  const { status, error, stdout, stderr } = spawnSync(program, words, {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 ** 2,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (error !== undefined) throw new Error(`${program} could not be started: ${error.message}`);
  if (status !== 0) throw new Error(`${program} ${words.join(' ')} failed:\n${stdout}${stderr}`.trimEnd());
}
