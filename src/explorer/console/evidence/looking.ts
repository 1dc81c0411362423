import { randomUUID } from 'node:crypto';
import type { View } from '#inventory/console/index.ts';
import type { Scope } from './scopes.ts';
import type { Sight } from './seen-subjects.ts';

/** A moment, by what was known until another. */
export interface Moment {
  readonly at: Date;
  readonly known?: Date | undefined;
}

/** Who looks at which part, and when. */
export interface Looking {
  readonly view: View;
  /** Two of one key see the same; missing: nobody else sees so. */
  readonly sightKey?: string;
  readonly scope: Scope;
  readonly now: Date;
  /** How it stood then; missing: now. */
  readonly moment?: Moment | undefined;
}

/** Whose eyes look. */
export function sightOf({ view, sightKey = view === undefined ? 'whole' : randomUUID() }: Looking): Sight {
  return { view, key: sightKey };
}
