import { type Route, route } from '#http/console/index.ts';
import { deleteCollection, listCollections, putCollection } from '../contract.ts';
import { collectionsOf, removeCollection, saveCollection } from './collections.ts';
import type { Dependencies } from './dependencies.ts';
import { writerOf } from './writer.ts';

/** Named parts of the estate. */
export function collectionRoutes(dependencies: Dependencies): readonly Route[] {
  return [
    route(listCollections, async ({ principal }) => ({ collections: await collectionsOf(dependencies, principal) })),
    route(putCollection, async ({ params, body, ...context }) => ({
      collection: await saveCollection(dependencies, { params, body }, writerOf(context)),
    })),
    route(deleteCollection, async ({ params, ...context }) => {
      await removeCollection(dependencies, params.id, writerOf(context));
      return {};
    }),
  ];
}
