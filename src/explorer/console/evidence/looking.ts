import type { View } from '#inventory/console/index.ts';
import type { Scope } from './scopes.ts';

/** A moment, by what was known until another. */
export interface Moment {
  readonly at: Date;
  readonly known?: Date | undefined;
}

/** Who looks at which part, and when. */
export interface Looking {
  readonly view: View;
  readonly scope: Scope;
  readonly now: Date;
  /** How it stood then; missing: now. */
  readonly moment?: Moment | undefined;
}
