import { type Route, route } from '#http/console/index.ts';
import { deleteCollection, listCollections, putCollection } from '../contract.ts';
import { collectionsOf, removeCollection, saveCollection } from './collections.ts';
import type { Parts } from './parts.ts';
import { writerOf } from './writer.ts';

/** Named parts of the estate. */
export function collectionRoutes(parts: Parts): readonly Route[] {
  return [
    route(listCollections, async ({ principal }) => ({ collections: await collectionsOf(parts, principal) })),
    route(putCollection, async ({ params, body, ...context }) => ({
      collection: await saveCollection(parts, { params, body }, writerOf(context)),
    })),
    route(deleteCollection, async ({ params, ...context }) => {
      await removeCollection(parts, params.id, writerOf(context));
      return {};
    }),
  ];
}
