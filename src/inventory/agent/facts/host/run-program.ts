import { execFile } from 'node:child_process';
import { oneLine } from '#base/index.ts';

/** What came of a program of the host. */
export type ProgramResult =
  | { readonly kind: 'done'; readonly output: string }
  /** It is not installed. */
  | { readonly kind: 'absent' }
  /** It ended with an error, took too long or said too much. */
  | { readonly kind: 'failed'; readonly why: string; readonly output: string };

export type RunProgram = (program: string, args: readonly string[]) => Promise<ProgramResult>;

const longestRun = 10_000;
const longestOutput = 4 * 1024 * 1024;
const path = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Runs a program of the host, in English, for ten seconds and 4 MiB of output at most. */
export const runProgram: RunProgram = (program, args) =>
  new Promise((resolve) => {
    const options = {
      env: { PATH: path, LC_ALL: 'C' },
      timeout: longestRun,
      maxBuffer: longestOutput,
      killSignal: 'SIGKILL',
      cwd: '/',
    } as const;
    const child = execFile(program, [...args], options, (error, output, errors) => {
      if (error === null) resolve({ kind: 'done', output });
      else if (error.code === 'ENOENT') resolve({ kind: 'absent' });
      else resolve({ kind: 'failed', why: oneLine(whyOf(error, errors), 300), output });
    });
    child.stdin?.end();
  });

function whyOf(error: Error & { readonly killed?: boolean }, errors: string): string {
  if (error.killed === true) return 'it did not end in time, or said too much';
  return errors.trim() || error.message;
}

/** Where the host's root is mounted elsewhere, its programs cannot be run. */
export const runNothing: RunProgram = () =>
  Promise.resolve({ kind: 'failed', why: 'programs of another root are not run', output: '' });
