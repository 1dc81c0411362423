import type { HandlerInput, ReplyOf } from '#http/index.ts';
import type { View } from '#inventory/console/index.ts';
import type { Immutable } from '#base/index.ts';
import type { Queries } from '#store/index.ts';
import type { getProtection } from '../contract.ts';
import { countProtections, type ProtectedContainer, readProtections } from './protections.ts';

/** Answers `getProtection`. */
export async function readProtection(
  queries: Queries,
  { environment }: HandlerInput<typeof getProtection>['query'],
  view: View,
): Promise<Immutable<ReplyOf<typeof getProtection>>> {
  const found: Pick<ProtectedContainer, 'protection'>[] = [];
  for await (const some of readProtections(queries, view))
    for (const { place, protection } of some)
      if (environment === undefined || (place.environment ?? 'none') === environment) found.push({ protection });
  return {
    all: countProtections(found),
    preventing: countProtections(found.filter(({ protection }) => protection.rule?.prevents === true)),
  };
}
