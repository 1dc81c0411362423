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
 * Of all programs that watch tasks and files on this machine: they are pinned, so that no process needs to hold them.
 * Throws when there are none.
 */
export function programTime(): ProgramTime {
  const printed = execFileSync('bpftool', ['--json', 'prog', 'show'], { encoding: 'utf8', maxBuffer: 2 ** 26 });
  const programs = JSON.parse(printed) as readonly {
    readonly type: string;
    readonly run_time_ns?: number;
    readonly run_cnt?: number;
  }[];
  const watching = programs.filter(({ type }) => type === 'tracing' || type === 'lsm');
  if (watching.length === 0) throw new Error('The kernel runs no program of a sensor.');
  return {
    nanoseconds: watching.reduce((sum, { run_time_ns = 0 }) => sum + run_time_ns, 0),
    runs: watching.reduce((sum, { run_cnt = 0 }) => sum + run_cnt, 0),
  };
}
