import { openWaits, type Store, type Transaction, type Waits } from '#store/index.ts';

/** Notice to all consoles: a host's ledger is another. */
const channel = 'admission-ledger';

export async function notifyHosts(transaction: Transaction, hosts: readonly string[]): Promise<void> {
  await transaction.notifyAll(
    channel,
    hosts.map((host) => ({ host })),
  );
}

/** Requests of hosts, by name, that wait for another ledger. */
export async function openLedgerWaits(store: Store): Promise<Waits<string>> {
  return await openWaits(store, { channel, concerns: isFor });
}

function isFor(notice: unknown, host: string): boolean {
  if (typeof notice !== 'object' || notice === null || !('host' in notice)) return true;
  return notice.host === host;
}
