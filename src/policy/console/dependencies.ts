import type { Clock } from '#base/index.ts';
import type { ChildPool } from '#http/console/index.ts';
import type { Store } from '#store/index.ts';

/** What the routes of people work with. */
export interface Dependencies {
  readonly store: Store;
  readonly clock: Clock;
  readonly newId: () => string;
  /** Does the work on what people wrote. */
  readonly children: Pick<ChildPool, 'run'>;
}
