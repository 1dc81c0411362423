import type { Store, Transaction } from '#store/index.ts';

/** Notice to all consoles: a host's ledger is another. */
const channel = 'admission-ledger';

export async function tellHosts(transaction: Transaction, hosts: readonly string[]): Promise<void> {
  await transaction.notifyAll(
    channel,
    hosts.map((host) => ({ host })),
  );
}

/** Requests that wait for another ledger; all of a console share one listener. */
export interface LedgerWaits {
  /** Calls `read` until it gives something: at once, and after each notice for the host; ends when the signal fires first. */
  wait<Value>(host: string, read: () => Promise<Value | undefined>, signal: AbortSignal): Promise<Value | undefined>;
  close(): Promise<void>;
}

interface Waiter {
  readonly host: string;
  readonly wake: () => void;
}

export async function openLedgerWaits(store: Store): Promise<LedgerWaits> {
  const waiters = new Set<Waiter>();
  const wakeAll = (): void => waiters.forEach(({ wake }) => wake());
  const stop = await store.listen(
    channel,
    (notice) => waiters.forEach(({ host, wake }) => (isFor(notice, host) ? wake() : undefined)),
    wakeAll,
  );
  return {
    async wait(host, read, signal) {
      do {
        // Set up before reading, so that a change between the two is not missed.
        const { promise, resolve } = Promise.withResolvers<void>();
        const waiter = { host, wake: (): void => resolve() };
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

/** A notice of another form comes from a newer console: it may concern everybody. */
function isFor(notice: unknown, host: string): boolean {
  if (typeof notice !== 'object' || notice === null || !('host' in notice)) return true;
  return notice.host === host;
}
