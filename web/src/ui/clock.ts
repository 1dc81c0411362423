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

function watch(tell: () => void): () => void {
  watchers.add(tell);
  timer ??= setInterval(renew, beat);
  return () => {
    watchers.delete(tell);
    if (watchers.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

function renew(): void {
  now = systemClock();
  for (const tell of watchers) tell();
}
