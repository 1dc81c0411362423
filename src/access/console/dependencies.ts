import type { Clock, Log } from '#base/index.ts';
import type { Store } from '#store/index.ts';
import type { HeldHead } from './audit-heads.ts';
import type { RandomBytes } from './secret.ts';

/** The recording that a console of a demo plays. */
export interface Demo {
  readonly recordedAt: Date;
}

/** What the domain stands on. */
export interface Dependencies {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly random: RandomBytes;
  /** Heads of the audit trail as agents hold them. */
  readonly heldHeads?: () => Promise<readonly HeldHead[]>;
  /** It plays what was recorded then; missing: it is no demo. */
  readonly demo?: Demo;
  /** Passwords cross the network as plain HTTP. */
  readonly plainHttp?: boolean;
  /** What of other domains names a collection, in words for people: `policy "Storm gate"`. */
  readonly usedBy?: (collection: string) => Promise<readonly string[]>;
}
