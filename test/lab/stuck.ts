import { readFileSync } from 'node:fs';
import { parentOf, processes } from './processes.ts';

/** What this lab's own programs do, and who waits for the answer of a sensor: for a case that hangs. A line each. */
export function whatIsStuck(): readonly string[] {
  return processes().flatMap((pid) => {
    try {
      const parent = parentOf(pid);
      const waits = readFileSync(`/proc/${pid}/wchan`, 'utf8');
      if (parent !== process.pid && !waits.includes('fanotify')) return [];
      const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').slice(0, 200);
      return [`${pid} of ${parent} waits in ${waits}: ${words}`];
    } catch {
      return []; // it has ended
    }
  });
}
