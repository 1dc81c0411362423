import type { ScanId } from '#base/index.ts';
import type { Store } from '#store/index.ts';
import { verdictChannel } from './judgings.ts';

/** Requests that wait for a verdict; all of a console share one listener. */
export interface VerdictWaits {
  /**
   * Calls `read` until it gives something: at once, and after each notice about the scan; then, or when the signal
   * fires, ends with what it gave last.
   */
  wait<Value>(scan: ScanId, read: () => Promise<Value | undefined>, signal: AbortSignal): Promise<Value | undefined>;
  close(): Promise<void>;
}

export async function openVerdictWaits(store: Store): Promise<VerdictWaits> {
  const waiting = new Map<string, Set<() => void>>();
  const wakeAll = (): void => {
    for (const scan of waiting.keys()) wake(waiting, scan);
  };
  const stop = await store.listen(verdictChannel, (message) => wake(waiting, scanIn(message)), wakeAll);
  return {
    async wait(scan, read, signal) {
      for (;;) {
        const notice = nextNotice(waiting, scan, signal);
        const found = await read();
        if (found !== undefined || signal.aborted) {
          wake(waiting, scan);
          return found;
        }
        await notice;
      }
    },
    async close() {
      wakeAll();
      await stop();
    },
  };
}

/** Set up before reading, so that a verdict between the two is not missed. */
async function nextNotice(waiting: Map<string, Set<() => void>>, scan: string, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const wakers = waiting.get(scan) ?? new Set();
  waiting.set(scan, wakers.add(resolve));
  signal.addEventListener('abort', () => resolve(), { once: true });
  await promise;
  wakers.delete(resolve);
  if (wakers.size === 0 && waiting.get(scan) === wakers) waiting.delete(scan);
}

function wake(waiting: ReadonlyMap<string, ReadonlySet<() => void>>, scan: string): void {
  for (const resolve of waiting.get(scan) ?? []) resolve();
}

function scanIn(message: unknown): string {
  return typeof message === 'object' && message !== null && 'scan' in message ? String(message.scan) : '';
}
