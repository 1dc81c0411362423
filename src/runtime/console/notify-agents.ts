import type { ImageDigest } from '#base/index.ts';
import { openWaits, type Store, type Transaction, type Waits } from '#store/index.ts';

/** Notice to all consoles: what some agents are to enforce may be another. Consoles of earlier releases know it by this name. */
const channel = 'runtime-orders';

/** Whom a change concerns: every agent, that of a host, or those that asked for models of an image. */
export type Concerned =
  | { readonly kind: 'all' }
  | { readonly kind: 'host'; readonly host: string }
  | { readonly kind: 'image'; readonly digest: ImageDigest };

export async function notifyAgents(transaction: Transaction, concerned: Concerned): Promise<void> {
  await transaction.notify(channel, concerned);
}

/** An agent that waits, and what concerns it. */
export interface WaitingAgent {
  readonly host: string;
  readonly digests: ReadonlySet<string>;
}

/** Requests of agents that wait for another configuration. */
export async function openConfigurationWaits(store: Store): Promise<Waits<WaitingAgent>> {
  return await openWaits(store, { channel, concerns });
}

function concerns(notice: unknown, { host, digests }: WaitingAgent): boolean {
  if (typeof notice !== 'object' || notice === null) return true;
  if ('host' in notice) return notice.host === host;
  if ('digest' in notice) return digests.has(String(notice.digest));
  return true;
}
