import { spawn, spawnSync } from 'node:child_process';
import { childrenOf, peakOf, treeBytes } from '../../test/journeys/seawall.ts';

/** A program with its words, and the exit codes that say that it did its work. */
export interface Program {
  readonly words: readonly [string, ...string[]];
  readonly env?: Readonly<Record<string, string>>;
  readonly good: readonly number[];
  /** Makes it forget what it knows. */
  forget(): void;
}

export interface Cost {
  readonly wall: number;
  /** Processor time of the process and of all that it started. */
  readonly cpu: number;
}

/** Runs it with a command of its own, such as `--version`, or the whole scan. */
export function costOf({ words, env, good }: Program): Cost {
  const started = performance.now();
  const { stdout, status } = spawnSync(
    '/bin/sh',
    ['-c', '"$0" "$@" >/dev/null 2>&1; code=$?; times; exit $code', ...words],
    {
      env: { ...process.env, ...env },
      encoding: 'utf8',
    },
  );
  const wall = (performance.now() - started) / 1000;
  if (!good.includes(status ?? -1)) throw new Error(`${words.join(' ')} ended with ${status}.`);
  const times = [...(stdout.split('\n')[1] ?? '').matchAll(/(\d+)m([\d.]+)s/g)];
  return { wall, cpu: times.reduce((sum, [, minutes, seconds]) => sum + 60 * Number(minutes) + Number(seconds), 0) };
}

/** Costs in the middle of pairs, whose order alternates. */
export function pairs(count: number, [ours, peer]: readonly [() => Cost, () => Cost]): readonly [Cost, Cost] {
  const seen: { readonly ours: Cost[]; readonly peer: Cost[] } = { ours: [], peer: [] };
  for (let pair = 0; pair < count; pair += 1) {
    const first = pair % 2 === 0;
    if (first) seen.ours.push(ours());
    seen.peer.push(peer());
    if (!first) seen.ours.push(ours());
  }
  return [middle(seen.ours), middle(seen.peer)];
}

function middle(costs: readonly Cost[]): Cost {
  const of = (part: keyof Cost): number =>
    costs.map((cost) => cost[part]).toSorted((left, right) => left - right)[Math.floor(costs.length / 2)] ?? 0;
  return { wall: of('wall'), cpu: of('cpu') };
}

/** Largest memory, in MB. */
export interface Peaks {
  /** Of the process and all that it started, at one time. */
  readonly together: number;
  /** Resident memory of the process itself. */
  readonly own: number;
  /** Of that one which it started and that took most. */
  readonly child: number;
}

/** Looks every 50 ms: on a busy machine it sees too little. */
export async function peaksOf({ words: [command, ...words], env, good }: Program): Promise<Peaks> {
  const child = spawn(command, words, { env: { ...process.env, ...env }, stdio: 'ignore' });
  const peaks = { together: 0, own: 0, child: 0 };
  const look = setInterval(() => {
    peaks.together = Math.max(peaks.together, treeBytes(child.pid));
    peaks.own = Math.max(peaks.own, peakOf(child.pid));
    peaks.child = Math.max(peaks.child, ...startedBy(child.pid).map(peakOf));
  }, 50);
  const code = await new Promise<number | null>((resolve, reject) => child.on('error', reject).on('exit', resolve));
  clearInterval(look);
  if (!good.includes(code ?? -1)) throw new Error(`${command} ended with ${code}.`);
  const megabytes = (bytes: number): number => Math.round(bytes / 1024 ** 2);
  return { together: megabytes(peaks.together), own: megabytes(peaks.own), child: megabytes(peaks.child) };
}

function startedBy(pid: number | undefined): readonly number[] {
  try {
    return childrenOf(pid);
  } catch {
    return [];
  }
}
