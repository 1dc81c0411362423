import { AppError } from '#base/index.ts';
import { type Route, route } from '#http/console/index.ts';
import { callerNamed, openTurns } from '#rules/console/index.ts';
import { getVerdictBundle, type PartName } from '../../contract.ts';
import { type BundleMaking, makeBundle } from './make.ts';

/** Serves bundles of verdicts, one of each caller at a time. */
export function bundleRoute(making: BundleMaking): Route {
  const turns = openTurns();
  return route(getVerdictBundle, async ({ params: { subject, environment }, principal, request }) => {
    // It names every host that holds the image and every publisher of it.
    if (principal?.collections !== undefined)
      throw new AppError(
        'not-allowed',
        'A bundle names all hosts and publishers of an image, and your view is scoped.',
      );
    const caller = callerNamed(principal);
    const { signal } = request;
    const asked = { subject, environment: environment === 'none' ? '' : environment };
    const bundle = await turns.run({ caller, signal }, async () => await makeBundle(making, asked, { caller, signal }));
    return { bundle } as { readonly bundle: typeof bundle & { readonly parts: Readonly<Record<PartName, object>> } };
  });
}
