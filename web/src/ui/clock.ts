import { useSyncExternalStore } from 'react';
import { systemClock } from '#base/index.ts';

/** Ages on the page are kept true to half a minute, by one timer for all of them. */
const beat = 30_000;
const watchers = new Set<() => void>();
let now = systemClock();
let timer: ReturnType<typeof setInterval> | undefined;

/** The present, renewed every half minute. */
export function useNow(): Date {
  return useSyncExternalStore(watch, () => now);
}

function watch(report: () => void): () => void {
  watchers.add(report);
  timer ??= setInterval(renew, beat);
  return () => {
    watchers.delete(report);
    if (watchers.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

function renew(): void {
  now = systemClock();
  for (const report of watchers) report();
}
