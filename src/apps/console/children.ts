import { existsSync } from 'node:fs';
import { type ChildPool, openChildPool } from '#http/console/index.ts';
import { limits } from '#http/limits.ts';

/** The console's child processes, for all of its ports and domains. `overLimit` is called when one is ended by its limits. */
export function openChildren(overLimit?: () => void): ChildPool {
  return openChildPool({
    entry: entry(),
    ...(overLimit === undefined ? {} : { overLimit }),
    size: limits.childProcesses.value,
    heapMegabytes: limits.childHeap.value,
    memoryMegabytes: limits.childMemory.value,
    timeout: limits.childTime.value * 1000,
    turn: limits.childTurn.value * 1000,
    queuePerCaller: limits.childQueue.value,
    queueTotal: limits.childQueueInAll.value,
  });
}

/** Bundled beside the program, else the source. */
function entry(): URL {
  const places = ['./task-child.js', '../task-child.js'].map((place) => new URL(place, import.meta.url));
  return places.find((place) => existsSync(place)) ?? new URL('./task-child.ts', import.meta.url);
}
