import type { Store } from './store.ts';

/** Requests that wait until something is another; all of a console share one listener. */
export interface Waits<Waiting> {
  /**
   * Calls `read` until it gives something: at once, and after each notice that concerns the request; ends without when
   * the signal fires first.
   */
  wait<Value>(
    waiting: Waiting,
    read: () => Promise<Value | undefined>,
    signal: AbortSignal,
  ): Promise<Value | undefined>;
  close(): Promise<void>;
}

interface WaitsOptions<Waiting> {
  readonly channel: string;
  /** Whether a notice concerns a request. A notice of an unknown form comes from a newer console and may concern all. */
  readonly concerns: (notice: unknown, waiting: Waiting) => boolean;
}

interface Waiter<Waiting> {
  readonly waiting: Waiting;
  readonly wake: () => void;
}

/** Wakes requests by the notices of a channel; a listener that lost its connection wakes all. */
export async function openWaits<Waiting>(
  store: Store,
  { channel, concerns }: WaitsOptions<Waiting>,
): Promise<Waits<Waiting>> {
  const waiters = new Set<Waiter<Waiting>>();
  const wakeAll = (): void => waiters.forEach(({ wake }) => wake());
  const stop = await store.listen(
    channel,
    (notice) => waiters.forEach(({ waiting, wake }) => (concerns(notice, waiting) ? wake() : undefined)),
    wakeAll,
  );
  return {
    async wait(waiting, read, signal) {
      do {
        // Set up before reading, so that a change between the two is not missed.
        const { promise, resolve } = Promise.withResolvers<void>();
        const waiter = { waiting, wake: (): void => resolve() };
        waiters.add(waiter);
        signal.addEventListener('abort', waiter.wake, { once: true });
        try {
          const found = await read();
          if (found !== undefined) return found;
          if (!signal.aborted) await promise;
        } finally {
          waiters.delete(waiter);
          signal.removeEventListener('abort', waiter.wake);
        }
      } while (!signal.aborted);
      return undefined;
    },
    async close() {
      wakeAll();
      await stop();
    },
  };
}
