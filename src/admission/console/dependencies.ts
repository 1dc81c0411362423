import type { Clock, ImageDigest } from '#base/index.ts';
import type { Signer } from '#link/console/index.ts';
import type { Store } from '#store/index.ts';

/** What the domain stands on. */
export interface Dependencies {
  readonly store: Store;
  readonly clock: Clock;
  /** The key that signs ledgers. */
  readonly signer: () => Promise<Signer>;
  /** Images of the product itself: they start whatever is known of them. */
  readonly ownImages: readonly ImageDigest[];
}
