import type { Clock, Log } from '#base/index.ts';
import type { Store } from '#store/index.ts';
import type { HeldHead } from './audit-heads.ts';
import type { RandomBytes } from './secret.ts';

/** What the domain stands on. */
export interface Parts {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly random: RandomBytes;
  /** Heads of the audit trail as agents hold them. */
  readonly heldHeads?: () => Promise<readonly HeldHead[]>;
  /** What of other domains names a collection, in words for people: `policy "Storm gate"`. */
  readonly usedBy?: (collection: string) => Promise<readonly string[]>;
}
