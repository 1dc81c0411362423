import { randomUUID } from 'node:crypto';
import { readCollections } from '#access/console/index.ts';
import type { Collection } from '#access/contract.ts';
import type { Principal } from '#http/console/index.ts';
import { type View, viewOf } from '#inventory/console/index.ts';
import type { Queries } from '#store/index.ts';
import type { Scope } from './scopes.ts';
import type { Sight } from './seen-subjects.ts';

/** A moment, by what was known until another. */
export interface Moment {
  readonly at: Date;
  readonly known?: Date | undefined;
}

/** Whose eyes look. */
export interface Eyes {
  readonly view: View;
  /** What the view is made of; missing: it is the whole, or nobody knows. */
  readonly collections?: readonly Collection['selects'][];
}

/** Who looks at which part, and when. */
export interface Looking extends Eyes {
  readonly scope: Scope;
  readonly now: Date;
  /** How it stood then; missing: now. */
  readonly moment?: Moment | undefined;
}

/** What the caller may see. */
export async function eyesOf(queries: Queries, principal: Principal | undefined): Promise<Eyes> {
  const view = await viewOf(queries, principal);
  const own = principal?.collections;
  if (view === undefined || own === undefined) return { view };
  const collections = (await readCollections(queries)).filter(({ id }) => own.includes(id));
  return { view, collections: collections.map(({ selects }) => selects) };
}

/** Who has the same collections sees the same. */
export function sightOf({ view, collections }: Eyes): Sight {
  if (view === undefined) return { view, key: 'whole' };
  return { view, key: collections === undefined ? randomUUID() : JSON.stringify(collections) };
}
