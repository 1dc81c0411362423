import type { QueryClient } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import { type LiveEvent, liveEventsPath } from '#explorer/contract.ts';
import type { ReadingKey } from '../api.ts';
import { isAffected } from './affected.ts';

/** Whether changes reach this page by themselves. */
export type LiveState = 'connecting' | 'live' | 'lost';

/** Events of one burst are answered together, this many milliseconds after the first. */
const burst = 150;
/** A stream that the browser gave up on is opened again after this many milliseconds. */
const patience = 3000;
const kinds: Readonly<Record<LiveEvent['kind'], true>> = {
  'image-changed': true,
  'host-changed': true,
  'database-changed': true,
  'policies-changed': true,
  'exceptions-changed': true,
  'models-changed': true,
  'incidents-changed': true,
  'decisions-changed': true,
  'gates-changed': true,
  'compliance-changed': true,
};

let state: LiveState = 'connecting';
const watchers = new Set<() => void>();

/** The state of the event stream, for the mark in the top bar. */
export function useLiveState(): LiveState {
  return useSyncExternalStore(watch, () => state);
}

/** Keeps what pages show true: every event of the console makes the readings it touches be asked for again. */
export function startLive(queries: QueryClient): () => void {
  let source: EventSource | undefined;
  let again: ReturnType<typeof setTimeout> | undefined;
  const collect = collector(queries);
  const open = (): void => {
    source = new EventSource(liveEventsPath);
    source.addEventListener('open', () => {
      // What happened while the link was down is not known, so everything is asked for again.
      if (state === 'lost') void queries.invalidateQueries();
      become('live');
    });
    source.addEventListener('error', () => {
      become('lost');
      if (source?.readyState === EventSource.CLOSED) again = setTimeout(open, patience);
    });
    for (const kind of Object.keys(kinds)) source.addEventListener(kind, (message) => collect(String(message.data)));
  };
  open();
  return () => {
    clearTimeout(again);
    source?.close();
    become('connecting');
  };
}

function collector(queries: QueryClient): (text: string) => void {
  let waiting: LiveEvent[] = [];
  return (text) => {
    waiting.push(JSON.parse(text) as LiveEvent);
    if (waiting.length > 1) return;
    setTimeout(() => {
      const events = waiting;
      waiting = [];
      void queries.invalidateQueries({
        predicate: (query) => events.some((one) => isAffected(query.queryKey as unknown as ReadingKey, one)),
      });
    }, burst);
  };
}

function become(next: LiveState): void {
  if (state === next) return;
  state = next;
  for (const report of watchers) report();
}

function watch(report: () => void): () => void {
  watchers.add(report);
  return () => watchers.delete(report);
}
