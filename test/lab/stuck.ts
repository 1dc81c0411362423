import { readFileSync } from 'node:fs';
import { processes } from './processes.ts';

/** What this lab's own programs do, and who waits for the answer of a sensor: for a case that hangs. A line each. */
export function whatIsStuck(): readonly string[] {
  return processes().flatMap((pid) => {
    try {
      const [name = '', parent = ''] = statusOf(pid, 'Name', 'PPid');
      const waits = readFileSync(`/proc/${pid}/wchan`, 'utf8');
      if (Number(parent) !== process.pid && !waits.includes('fanotify')) return [];
      const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').slice(0, 200);
      return [`${pid} of ${parent}, ${name}, waits in ${waits}: ${words}`];
    } catch {
      return []; // it has ended
    }
  });
}

function statusOf(pid: number, ...fields: readonly string[]): readonly (string | undefined)[] {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return fields.map((field) => new RegExp(`^${field}:\\s*(.*)$`, 'm').exec(status)?.[1]);
}
