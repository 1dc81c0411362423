import { readFileSync } from 'node:fs';

/**
 * Processor time that the control group of a process has used so far, in nanoseconds: of all its processes, those that
 * ended too. Throws where the machine does not count it.
 */
export function cpuNanoseconds(pid: number): number {
  const groups = readFileSync(`/proc/${pid}/cgroup`, 'utf8');
  const first = /^\d+:(?:\w+,)*cpuacct(?:,\w+)*:(.*)$/m.exec(groups)?.[1];
  if (first !== undefined) return Number(readFileSync(`/sys/fs/cgroup/cpuacct${first}/cpuacct.usage`, 'utf8'));
  const path = /^0::(.*)$/m.exec(groups)?.[1] ?? '';
  const used = /^usage_usec (\d+)$/m.exec(readFileSync(`/sys/fs/cgroup${path}/cpu.stat`, 'utf8'))?.[1];
  if (used === undefined) throw new Error(`The processor time of ${path} is not counted here.`);
  return Number(used) * 1000;
}
