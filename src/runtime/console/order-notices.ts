import type { ImageDigest } from '#base/index.ts';
import type { Store, Transaction } from '#store/index.ts';

/** Notice to all consoles: what some agents are to enforce may be another. */
const channel = 'runtime-orders';

/** Whom a change concerns: every agent, that of a host, or those that asked for models of an image. */
export type Concerned =
  | { readonly kind: 'all' }
  | { readonly kind: 'host'; readonly host: string }
  | { readonly kind: 'image'; readonly digest: ImageDigest };

export async function tellAgents(transaction: Transaction, concerned: Concerned): Promise<void> {
  await transaction.notify(channel, concerned);
}

/** An agent that waits, and what concerns it. */
export interface Waiting {
  readonly host: string;
  readonly digests: ReadonlySet<string>;
}

/** Requests that wait for other orders; all of a console share one listener. */
export interface OrderWaits {
  /**
   * Calls `read` until it gives something: at once, and after each notice that concerns the agent; ends without when the
   * signal fires first.
   */
  wait<Value>(
    waiting: Waiting,
    read: () => Promise<Value | undefined>,
    signal: AbortSignal,
  ): Promise<Value | undefined>;
  close(): Promise<void>;
}

interface Waiter extends Waiting {
  readonly wake: () => void;
}

export async function openOrderWaits(store: Store): Promise<OrderWaits> {
  const waiters = new Set<Waiter>();
  const wakeAll = (): void => waiters.forEach(({ wake }) => wake());
  const stop = await store.listen(
    channel,
    (notice) => waiters.forEach((waiter) => (concerns(notice, waiter) ? waiter.wake() : undefined)),
    wakeAll,
  );
  return {
    async wait(waiting, read, signal) {
      do {
        // Set up before reading, so that a change between the two is not missed.
        const { promise, resolve } = Promise.withResolvers<void>();
        const wake = (): void => resolve();
        const waiter = { ...waiting, wake };
        waiters.add(waiter);
        signal.addEventListener('abort', wake, { once: true });
        try {
          const found = await read();
          if (found !== undefined) return found;
          if (!signal.aborted) await promise;
        } finally {
          waiters.delete(waiter);
          signal.removeEventListener('abort', wake);
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

/** A notice of another form comes from a newer console: it may concern everybody. */
function concerns(notice: unknown, { host, digests }: Waiting): boolean {
  if (typeof notice !== 'object' || notice === null) return true;
  if ('host' in notice) return notice.host === host;
  if ('digest' in notice) return digests.has(String(notice.digest));
  return true;
}
