import { AppError } from '#base/index.ts';
import { type Route, route } from '#http/console/index.ts';
import { listWantedScans, publishScan } from '../contract.ts';
import { type PublishOptions, storePublication } from './publish.ts';
import { wantedScans } from './wanted.ts';

/** What the console runs of this domain. */
export interface CatalogService {
  readonly routes: readonly Route[];
}

export function createCatalog(options: PublishOptions): CatalogService {
  return {
    routes: [
      route(publishScan, async ({ body, principal }) => {
        if (principal === undefined) throw new AppError('not-signed-in', 'A scan needs a witness.');
        const { kind, id, name } = principal;
        return await storePublication(body, { kind, id, name }, options);
      }),
      route(listWantedScans, async ({ body }) => ({
        wanted: await wantedScans(options.store, body.subjects, body.analyzers),
      })),
    ],
  };
}
