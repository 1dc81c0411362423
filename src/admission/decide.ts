import type { ImageDigest } from '#base/index.ts';
import type { Ledger, LedgerEntry } from './contract.ts';

/** An image that is to start. */
export interface StartRequest {
  /** As the engine names it: of the config, a manifest or an index. */
  readonly digest: string;
  /** Missing: a host without an environment. */
  readonly environment?: string;
}

/** A digest that root on the host let start for a while. */
export interface BreakGlass {
  readonly digest: string;
  readonly until: Date;
}

/** What the ledger says about a start. `unknown`: nothing, or nothing that still holds; never a silent `allow`. */
export type Answer =
  | { readonly kind: 'known'; readonly entry: LedgerEntry }
  | { readonly kind: 'break-glass'; readonly digest: ImageDigest | undefined; readonly until: Date }
  | { readonly kind: 'unknown'; readonly why: 'no-ledger' | 'ledger-expired' | 'no-entry' | 'entry-expired' };

export interface LedgerState {
  readonly ledger: Ledger | undefined;
  readonly breakGlass: readonly BreakGlass[];
  readonly now: Date;
}

/** Whether an image may start, from what the host holds alone. Pure, and takes no network. */
export function decide(request: StartRequest, { ledger, breakGlass, now }: LedgerState): Answer {
  const entry = ledger && indexOf(ledger).get(keyOf(request.environment, request.digest));
  const names = [request.digest, ...(entry === undefined ? [] : [entry.digest, ...entry.aliases])];
  const glass = breakGlass.find(({ digest, until }) => names.includes(digest) && until > now);
  if (glass !== undefined) return { kind: 'break-glass', digest: entry?.digest, until: glass.until };
  if (ledger === undefined) return { kind: 'unknown', why: 'no-ledger' };
  // What the product itself is made of holds to its own end: without its console no host gets another ledger.
  const isOver = new Date(ledger.expiresAt) <= now && entry?.cause !== 'own-image';
  if (isOver) return { kind: 'unknown', why: 'ledger-expired' };
  if (entry === undefined) return { kind: 'unknown', why: 'no-entry' };
  if (new Date(entry.expiresAt) <= now) return { kind: 'unknown', why: 'entry-expired' };
  return { kind: 'known', entry };
}

/** A ledger never changes, so its index is made once: with 100,000 entries a look through them all takes too long for a start. */
const indexes = new WeakMap<Ledger, ReadonlyMap<string, LedgerEntry>>();

/** By environment and each of the image's names; of two entries for one name the first counts. */
function indexOf(ledger: Ledger): ReadonlyMap<string, LedgerEntry> {
  const made = indexes.get(ledger);
  if (made !== undefined) return made;
  const index = new Map<string, LedgerEntry>();
  for (const entry of ledger.entries) {
    for (const name of [entry.digest, ...entry.aliases]) {
      const key = keyOf(entry.environment, name);
      if (!index.has(key)) index.set(key, entry);
    }
  }
  indexes.set(ledger, index);
  return index;
}

function keyOf(environment: string | undefined, digest: string): string {
  return `${environment ?? ''} ${digest}`;
}
