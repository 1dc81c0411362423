import { writerOf } from '#access/console/index.ts';
import type { Clock } from '#base/index.ts';
import { type Principal, type Route, route, taskRoute } from '#http/console/index.ts';
import { viewOf } from '#inventory/console/index.ts';
import type { Store } from '#store/index.ts';
import {
  getImportedFile,
  getImportedResult,
  importResult,
  listImportedResults,
  removeImportedResult,
} from '../../../contract-imported.ts';
import { importTask } from './import-task.ts';
import { keepImport, removeImport } from './keep-import.ts';
import { type ImportedLooking, listImported, readImported, readImportedFile } from './read-imported.ts';

interface Dependencies {
  readonly store: Store;
  readonly clock: Clock;
}

/** Results of OpenSCAP that people import. They are shown beside Seawall's own answers and counted nowhere. */
export function importedRoutes(dependencies: Dependencies): readonly Route[] {
  const { store, clock } = dependencies;
  const lookingOf = async (principal: Principal | undefined): Promise<ImportedLooking> => ({
    view: await viewOf(store, principal),
    now: clock(),
  });
  return [
    route(listImportedResults, async ({ principal, query }) => listImported(store, query, await lookingOf(principal))),
    route(getImportedResult, async ({ principal, params }) =>
      readImported(store, params.id, await lookingOf(principal)),
    ),
    route(getImportedFile, async ({ principal, params }) =>
      readImportedFile(store, params.id, await lookingOf(principal)),
    ),
    taskRoute(importResult, importTask, async ({ body, ...context }) =>
      keepImport(dependencies, body, writerOf(context)),
    ),
    route(removeImportedResult, async ({ params, ...context }) => ({
      result: await removeImport(dependencies, params.id, writerOf(context)),
    })),
  ];
}
