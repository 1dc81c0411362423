import { openWaits, type Store, type Transaction, type Waits } from '#store/index.ts';

/** Notice to all consoles: the orders for a host are others. */
const channel = 'compliance-orders';

export async function notifyStopRequests(transaction: Transaction, host: string): Promise<void> {
  await transaction.notify(channel, { host });
}

/** Requests of agents that wait for orders, by their hosts. */
export async function openOrderWaits(store: Store): Promise<Waits<string>> {
  return await openWaits(store, { channel, concerns });
}

function concerns(notice: unknown, host: string): boolean {
  if (typeof notice !== 'object' || notice === null || !('host' in notice)) return true;
  return notice.host === host;
}
