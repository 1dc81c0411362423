/** Something that a caller waits for. */
export interface Queued {
  readonly caller: string;
}

/** One queue for each caller; the callers take turns. */
export interface CallerQueues<Item extends Queued> {
  /** Waiting of one caller, or of all. */
  count(caller?: string): number;
  add(item: Item): void;
  /** The oldest item of the caller whose turn it is, among those that may go on. */
  take(mayGoOn: (caller: string) => boolean): Item | undefined;
  /** Whether it was still waiting. */
  remove(item: Item): boolean;
  /** Everything that waits; nothing does any more. */
  clear(): readonly Item[];
}

export function openCallerQueues<Item extends Queued>(): CallerQueues<Item> {
  // In the order of their turns.
  const queues = new Map<string, readonly Item[]>();
  const all = (): readonly Item[] => [...queues.values()].flat();

  function put(caller: string, items: readonly Item[]): void {
    if (items.length === 0) queues.delete(caller);
    else queues.set(caller, items);
  }

  return {
    count: (caller) => (caller === undefined ? all() : (queues.get(caller) ?? [])).length,
    add: (item) => put(item.caller, [...(queues.get(item.caller) ?? []), item]),
    take: (mayGoOn) => {
      const caller = queues.keys().find(mayGoOn);
      if (caller === undefined) return undefined;
      const [first, ...others] = queues.get(caller) ?? [];
      // Behind all others.
      queues.delete(caller);
      put(caller, others);
      return first;
    },
    remove: (item) => {
      const queue = queues.get(item.caller) ?? [];
      const others = queue.filter((one) => one !== item);
      put(item.caller, others);
      return others.length < queue.length;
    },
    clear: () => {
      const left = all();
      queues.clear();
      return left;
    },
  };
}
