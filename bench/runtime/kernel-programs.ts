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

/** Of all programs that this process holds; throws when it holds none. */
export function programTime(sensor: number): ProgramTime {
  const programs = JSON.parse(
    execFileSync('bpftool', ['--json', 'prog', 'show'], { encoding: 'utf8', maxBuffer: 2 ** 26 }),
  ) as readonly {
    readonly run_time_ns?: number;
    readonly run_cnt?: number;
    readonly pids?: readonly { readonly pid: number }[];
  }[];
  const held = programs.filter(({ pids = [] }) => pids.some(({ pid }) => pid === sensor));
  if (held.length === 0) throw new Error(`Process ${sensor} holds no program of the kernel.`);
  return {
    nanoseconds: held.reduce((sum, { run_time_ns = 0 }) => sum + run_time_ns, 0),
    runs: held.reduce((sum, { run_cnt = 0 }) => sum + run_cnt, 0),
  };
}
