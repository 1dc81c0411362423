import { writerOf } from '#access/console/index.ts';
import type { Clock } from '#base/index.ts';
import { type ChildPool, type Route, route } from '#http/console/index.ts';
import { callerNamed } from '#rules/console/index.ts';
import type { Store } from '#store/index.ts';
import { deleteOwnTemplate, listOwnTemplates, saveOwnTemplate } from '../../contract.ts';
import { deleteOwn, listOwn, saveOwn } from './own-templates.ts';
import { refreshEstate } from './refresh-evidence.ts';

interface Dependencies {
  readonly store: Store;
  readonly clock: Clock;
  readonly children: Pick<ChildPool, 'run'>;
}

/** Templates that are written here. Their controls show images at once, and hosts within the minute. */
export function ownTemplateRoutes(dependencies: Dependencies): readonly Route[] {
  const { store, children } = dependencies;
  return [
    route(listOwnTemplates, async () => ({ templates: [...(await listOwn(store))] })),
    route(saveOwnTemplate, async ({ body, ...context }) => {
      const { principal, request } = context;
      const reading = { children, caller: callerNamed(principal), signal: request.signal };
      const template = await saveOwn({ ...dependencies, reading }, body, writerOf(context));
      await refreshEstate(dependencies);
      return { template };
    }),
    route(deleteOwnTemplate, async ({ params: { id }, ...context }) => {
      await deleteOwn(dependencies, id, writerOf(context));
      await refreshEstate(dependencies);
      return {};
    }),
  ];
}
