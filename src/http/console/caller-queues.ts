/** Something that a caller waits for. */
export interface Queued {
  readonly caller: string;
}

/** One queue for each caller; the callers take turns. */
export interface CallerQueues<Item extends Queued> {
  /** Waiting of one caller, or of all. */
  count(caller?: string): number;
  add(item: Item): void;
  /** Before all others of its caller. */
  putBack(item: Item): void;
  /** Whether the oldest item of a caller may go on. */
  has(mayGoOn: (item: Item) => boolean): boolean;
  /** The oldest item of the caller whose turn it is, among those that may go on. */
  take(mayGoOn: (item: Item) => boolean): Item | undefined;
  /** Whether it was still waiting. */
  remove(item: Item): boolean;
  /** Everything that waits; nothing does any more. */
  clear(): readonly Item[];
}

export function openCallerQueues<Item extends Queued>(): CallerQueues<Item> {
  // In the order of their turns.
  const queues = new Map<string, readonly Item[]>();
  const all = (): readonly Item[] => [...queues.values()].flat();

  const oldest = (mayGoOn: (item: Item) => boolean): Item | undefined =>
    queues
      .values()
      .flatMap((items) => items.slice(0, 1))
      .find(mayGoOn);

  function put(caller: string, items: readonly Item[]): void {
    if (items.length === 0) queues.delete(caller);
    else queues.set(caller, items);
  }

  return {
    count: (caller) => (caller === undefined ? all() : (queues.get(caller) ?? [])).length,
    add: (item) => put(item.caller, [...(queues.get(item.caller) ?? []), item]),
    putBack: (item) => put(item.caller, [item, ...(queues.get(item.caller) ?? [])]),
    has: (mayGoOn) => oldest(mayGoOn) !== undefined,
    take: (mayGoOn) => {
      const first = oldest(mayGoOn);
      if (first === undefined) return undefined;
      const others = (queues.get(first.caller) ?? []).slice(1);
      // Behind all others.
      queues.delete(first.caller);
      put(first.caller, others);
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
