import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const repository = join(import.meta.dirname, '../..');

/** What a run of the program left behind. */
export interface Run {
  /** Exit code; missing when a signal ended it. */
  readonly code: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
  /** Last line of standard error: the reason. */
  readonly lastLine: string;
  /** Largest resident memory of the whole process, bytes, as the kernel counted it (`VmHWM`, looked at every 10 ms). */
  readonly peakBytes: number;
  /** Largest memory of the process and all that it started (sum of `Pss`, looked at every 50 ms), where it was asked for. */
  readonly peakTreeBytes: number;
  readonly milliseconds: number;
}

export interface RunOptions {
  /** Whether the memory of the whole process tree is looked at, which costs time. */
  readonly memory?: 'process' | 'tree';
  /** Laid over the environment of the test; `undefined` takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
}

/**
 * Runs `bin/seawall` as a whole process and waits for its end. What tests of this machine may have set for Seawall does
 * not reach it. A run of two minutes is a hang and is killed.
 */
export function runSeawall(words: readonly string[], options: RunOptions = {}): Promise<Run> {
  const { SEAWALL_DB: _db, SEAWALL_CONSOLE: _console, SEAWALL_TOKEN: _token, ...inherited } = process.env;
  const started = performance.now();
  const child = spawn(join(repository, 'bin/seawall'), words, {
    env: { ...inherited, ...options.env },
    cwd: options.cwd ?? repository,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => void (output[name] += text));
  }
  let peakBytes = 0;
  let peakTreeBytes = 0;
  const lookAtAll = setInterval(() => {
    if (options.memory === 'tree') peakTreeBytes = Math.max(peakTreeBytes, treeBytes(child.pid));
  }, 50);
  const look = setInterval(() => {
    peakBytes = Math.max(peakBytes, peakOf(child.pid));
  }, 10);
  const hang = setTimeout(() => child.kill('SIGKILL'), 120_000);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      clearInterval(look);
      clearInterval(lookAtAll);
      clearTimeout(hang);
      const lastLine = output.stderr.trimEnd().split('\n').at(-1) ?? '';
      resolve({
        code: code ?? undefined,
        ...output,
        lastLine,
        peakBytes,
        peakTreeBytes,
        milliseconds: performance.now() - started,
      });
    });
  });
}

/** Peak of a process that runs; 0 when it is gone. */
export function peakOf(pid: number | undefined): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}

/** Proportional memory of a process and those below it; 0 for what is gone. */
export function treeBytes(pid: number | undefined): number {
  try {
    const own = Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0) * 1024;
    return childrenOf(pid).reduce((sum, child) => sum + treeBytes(child), own);
  } catch {
    return 0;
  }
}

/** Processes that a process started, from any of its threads. */
export function childrenOf(pid: number | undefined): readonly number[] {
  const threads = readdirSync(`/proc/${pid}/task`);
  return threads.flatMap((thread) =>
    readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
  );
}
