/** Calls back once, after so many milliseconds; the result takes that back. */
export type Schedule = (callback: () => void, milliseconds: number) => () => void;

export const systemSchedule: Schedule = (callback, milliseconds) => {
  const timer = setTimeout(callback, milliseconds);
  return () => clearTimeout(timer);
};

/** Lets a burst of the same through as its first and its last. */
export interface Coalescer<Item> {
  add(item: Item): void;
  /** Nothing is sent from here on. */
  stop(): void;
}

/**
 * Sends an item at once. Items with the same key that come within `milliseconds` are sent as one, the newest, when that
 * time is over. So at most one item is sent for each key and period, and no change is lost.
 */
export function coalesce<Item>(options: {
  readonly keyOf: (item: Item) => string;
  readonly send: (item: Item) => void;
  readonly milliseconds: number;
  readonly schedule: Schedule;
}): Coalescer<Item> {
  const { keyOf, send, milliseconds, schedule } = options;
  const resting = new Map<string, { waiting: Item | undefined; cancel: () => void }>();

  function sendAndRest(key: string, item: Item): void {
    resting.set(key, { waiting: undefined, cancel: schedule(() => wake(key), milliseconds) });
    send(item);
  }

  function wake(key: string): void {
    const waiting = resting.get(key)?.waiting;
    resting.delete(key);
    if (waiting !== undefined) sendAndRest(key, waiting);
  }

  return {
    add: (item) => {
      const key = keyOf(item);
      const rest = resting.get(key);
      if (rest === undefined) sendAndRest(key, item);
      else rest.waiting = item;
    },
    stop: () => {
      for (const { cancel } of resting.values()) cancel();
      resting.clear();
    },
  };
}
