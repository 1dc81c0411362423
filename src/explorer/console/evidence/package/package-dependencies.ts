import type { Clock } from '#base/index.ts';
import type { EvidenceSeal } from '#compliance/console/index.ts';
import type { ChildPool } from '#http/console/index.ts';
import type { Store } from '#store/index.ts';
import type { MakeBundle } from './collect-verdicts.ts';

/** What packages need. */
export interface PackageDependencies {
  readonly store: Store;
  readonly clock: Clock;
  readonly children: ChildPool;
  /** Seals all that was written down by now, and signs. */
  readonly seal: () => Promise<EvidenceSeal>;
  readonly version: string;
  /** Missing: packages hold no verdicts. */
  readonly makeBundle?: MakeBundle;
}
