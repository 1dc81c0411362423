import { AppError, type Clock } from '#base/index.ts';
import { type Route, route } from '#http/console/index.ts';
import type { Store } from '#store/index.ts';
import { listHosts, reportHost } from '../contract.ts';
import { readHosts } from './hosts.ts';
import { storeHostReport } from './report.ts';

/** What the console runs of this domain. */
export interface InventoryService {
  readonly routes: readonly Route[];
}

export function createInventory(options: { readonly store: Store; readonly clock: Clock }): InventoryService {
  return {
    routes: [
      route(reportHost, async ({ params, body }) => {
        if (params.name !== body.name) throw new AppError('bad-request', 'name: differs from the name in the path');
        await storeHostReport(body, options);
        return {};
      }),
      route(listHosts, async () => ({ hosts: await readHosts(options.store) })),
    ],
  };
}
