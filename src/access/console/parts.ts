import type { Clock, Log } from '#base/index.ts';
import type { Store } from '#store/index.ts';
import type { RandomBytes } from './secret.ts';

/** What the domain stands on. */
export interface Parts {
  readonly store: Store;
  readonly clock: Clock;
  /** Lines with an `audit` field are the trail of who signed in and which tokens were made. */
  readonly log: Log;
  readonly random: RandomBytes;
}
