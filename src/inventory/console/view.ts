import { isInCollection, type Selectable } from '#access/index.ts';
import { readCollections } from '#access/console/index.ts';
import type { Principal } from '#http/console/index.ts';
import type { Queries } from '#store/index.ts';

/** Whether the caller may see something; `undefined` for who may see everything. */
export type View = ((what: Selectable) => boolean) | undefined;

/** What the caller's collections hold. One that does not exist any more holds nothing. */
export async function viewOf(queries: Queries, principal: Principal | undefined): Promise<View> {
  const own = principal?.collections;
  if (own === undefined) return undefined;
  const collections = (await readCollections(queries)).filter(({ id }) => own.includes(id));
  return (what) => collections.some((collection) => isInCollection(collection, what));
}
