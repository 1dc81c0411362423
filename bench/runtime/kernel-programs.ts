import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';

/** What the sensor's programs in the kernel did so far. */
export interface ProgramTime {
  readonly nanoseconds: number;
  readonly runs: number;
}

const switchFile = '/proc/sys/kernel/bpf_stats_enabled';

/** Has the kernel count the time of its programs, which costs each run some of its own; answers what ends that. */
export function countPrograms(): () => void {
  const before = readFileSync(switchFile, 'utf8');
  writeFileSync(switchFile, '1');
  return () => writeFileSync(switchFile, before);
}

/**
 * Of all programs that watch tasks and files on this machine and were loaded since: they are pinned, so that no process
 * needs to hold them. Throws when there are none.
 */
export function programTime(before: ReadonlySet<number>): ProgramTime {
  const watching = watchingPrograms().filter(({ id }) => !before.has(id));
  if (watching.length === 0) throw new Error('The kernel runs no program of this sensor.');
  return {
    nanoseconds: watching.reduce((sum, { run_time_ns = 0 }) => sum + run_time_ns, 0),
    runs: watching.reduce((sum, { run_cnt = 0 }) => sum + run_cnt, 0),
  };
}

/** Such programs that are there now: of another sensor, or left by one that was killed. */
export function programsThere(): ReadonlySet<number> {
  return new Set(watchingPrograms().map(({ id }) => id));
}

interface KernelProgram {
  readonly id: number;
  readonly type: string;
  readonly run_time_ns?: number;
  readonly run_cnt?: number;
}

function watchingPrograms(): readonly KernelProgram[] {
  const printed = execFileSync('bpftool', ['--json', 'prog', 'show'], { encoding: 'utf8', maxBuffer: 2 ** 26 });
  return (JSON.parse(printed) as readonly KernelProgram[]).filter(({ type }) => type === 'tracing' || type === 'lsm');
}
