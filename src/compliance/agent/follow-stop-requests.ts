import { setTimeout as wait } from 'node:timers/promises';
import { type Log, messageOf, oneLine } from '#base/index.ts';
import type { ComplianceOrder, ComplianceStopFact } from '../contract.ts';

/** Orders as the console gives them. */
export interface GivenOrders {
  readonly revision: string;
  readonly orders: readonly ComplianceOrder[];
}

export interface OrderOptions {
  /** One call of the console. */
  readonly ask: (body: { readonly known?: string; readonly wait: number }, signal: AbortSignal) => Promise<GivenOrders>;
  /** Reads a container's facts at once. */
  readonly look: (container: string) => void;
  /** Rejects with the engine's words. */
  readonly stop: (container: string) => Promise<'stopped' | 'ended'>;
  readonly report: (fact: ComplianceStopFact) => void;
  readonly log: Log;
  /** Milliseconds to wait after a failure, at first and at most. */
  readonly pauses?: readonly [number, number];
}

/** Seconds for which the console may wait for news. */
const patience = 25;

/** Asks for orders again and again, and carries each out once. Closing waits for the one under way. */
export function followStopRequests(options: OrderOptions): { close(): Promise<void> } {
  const ended = new AbortController();
  const working = keepAsking(options, ended.signal);
  return {
    async close() {
      ended.abort();
      await working;
    },
  };
}

async function keepAsking(options: OrderOptions, signal: AbortSignal): Promise<void> {
  const { ask, log, pauses: [first, most] = [1000, 30_000] } = options;
  let known: string | undefined;
  let done: ReadonlySet<string> = new Set();
  for (let failures = 0; !signal.aborted; ) {
    try {
      const { revision, orders } = await ask({ wait: patience, ...(known !== undefined && { known }) }, signal);
      failures = 0;
      known = revision;
      for (const order of orders) if (!done.has(order.id) && !signal.aborted) await carryOut(options, order);
      // Orders stay in the list until the console has heard what became of them.
      done = new Set(orders.map(({ id }) => id));
      // A console that answers at once whatever is known is not asked all the time.
      await wait(first / 4, undefined, { signal }).catch(() => undefined);
    } catch (error) {
      if (signal.aborted) return;
      const level = failures === 0 ? 'warn' : 'debug';
      log[level]({ error: messageOf(error) }, 'The console gives no orders about containers that fail checks now.');
      await wait(Math.min(most, first * 2 ** failures++), undefined, { signal }).catch(() => undefined);
    }
  }
}

async function carryOut(
  { look, stop, report, log }: OrderOptions,
  { id, act, container }: ComplianceOrder,
): Promise<void> {
  switch (act) {
    case 'look':
      return look(container);
    case 'stop': {
      const outcome = await stop(container).catch((error: unknown) => ({ failed: messageOf(error) }));
      log.warn({ container, order: id, outcome }, 'The console had a container stopped: it fails checks.');
      if (typeof outcome === 'string') return report({ order: id, container, outcome });
      return report({ order: id, container, outcome: 'failed', reason: oneLine(outcome.failed, 1000) });
    }
    default:
      return act satisfies never;
  }
}
