import { type Route, route } from '#http/console/index.ts';
import { deleteCollection, listCollections, putCollection } from '../contract.ts';
import { authorOf } from './audit.ts';
import { collectionsOf, removeCollection, saveCollection } from './collections.ts';
import type { Parts } from './parts.ts';

/** Named parts of the estate. */
export function collectionRoutes(parts: Parts): readonly Route[] {
  return [
    route(listCollections, async ({ principal }) => ({ collections: await collectionsOf(parts, principal) })),
    route(putCollection, async ({ params, body, principal, request }) => {
      const author = authorOf(principal, request);
      return { collection: await saveCollection(parts, { params, body }, { principal, author }) };
    }),
    route(deleteCollection, async ({ params, principal, request }) => {
      await removeCollection(parts, params.id, { principal, author: authorOf(principal, request) });
      return {};
    }),
  ];
}
