import type { Selectable } from '#access/index.ts';
import { type View, viewOf } from '#inventory/console/index.ts';
import type { Principal } from '#http/console/index.ts';
import type { Queries } from '#store/index.ts';

/** Which subjects somebody asks about: what they may see, of that what is in the environment they look at. */
export async function askedView(
  queries: Queries,
  principal: Principal | undefined,
  environment: string | undefined,
): Promise<View> {
  const view = await viewOf(queries, principal);
  if (environment === undefined) return view;
  const isThere = (place: Selectable): boolean => (place.environment ?? 'none') === environment;
  return (place) => isThere(place) && (view === undefined || view(place));
}
