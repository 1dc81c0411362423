import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { parentOf, processes, statOf } from '../../test/lab/processes.ts';

/** What the kernel counts processor time in (USER_HZ). */
const ticks = 100;

/** Seconds of the processor that a process and all that it started have used, those that ended too. */
export function treeSeconds(pid: number): number {
  const all = processes();
  const children = Map.groupBy(all, parentOf);
  const sum = (one: number): number =>
    ownTicks(one) + (children.get(one) ?? []).reduce((before, child) => before + sum(child), 0);
  return sum(pid) / ticks;
}

function ownTicks(pid: number): number {
  try {
    return statOf(pid)
      .slice(11, 15)
      .reduce((sum, field) => sum + Number(field), 0);
  } catch {
    // It has ended; its parent counts it now.
    return 0;
  }
}

/** Seconds of the processor that this process has used, its children counted in once they ended. */
export function ownSeconds(): number {
  const { user, system } = process.cpuUsage();
  const fields = statOf(process.pid);
  return (user + system) / 1e6 + (Number(fields[13]) + Number(fields[14])) / ticks;
}

/** Megabytes of memory of a process and all that it started: their own, and their part of what they share. */
export function treeMegabytes(pid: number): number {
  const children = Map.groupBy(processes(), parentOf);
  const sum = (one: number): number =>
    ownMegabytes(one) + (children.get(one) ?? []).reduce((before, child) => before + sum(child), 0);
  return sum(pid);
}

function ownMegabytes(pid: number): number {
  try {
    return Number(/^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1]) / 1024;
  } catch {
    return 0;
  }
}

/** Waits until a tree of processes uses less than a twentieth of a processor for two seconds. Rejects after `seconds`. */
export async function untilQuiet(pid: number, seconds = 120): Promise<void> {
  const end = performance.now() + seconds * 1000;
  let quiet = 0;
  let before = treeSeconds(pid);
  while (quiet < 2) {
    if (performance.now() > end) throw new Error(`Process ${pid} is still busy after ${seconds} s.`);
    await wait(1000);
    const now = treeSeconds(pid);
    quiet = now - before < 0.05 ? quiet + 1 : 0;
    before = now;
  }
}
