import type { Selectable } from '#access/index.ts';
import type { View } from '#inventory/console/index.ts';

/** An environment and an application in which a subject is counted; `*` for all. */
export interface Scope {
  readonly environment: string;
  readonly application: string;
}

/** All of them. */
export const everywhere = '*';

/** What stands for no environment, in addresses as well. */
export const noEnvironment = 'none';

/** Pairs in which a subject is counted: once in each, however often it stands there; none for what stands nowhere. */
export function scopesOf(locations: readonly Selectable[]): readonly Scope[] {
  const found = new Map<string, Scope>();
  const add = (environment: string, application: string): void => {
    found.set(JSON.stringify([environment, application]), { environment, application });
  };
  if (locations.length > 0) add(everywhere, everywhere);
  for (const { environment = noEnvironment, application } of locations) {
    add(environment, everywhere);
    if (application === undefined) continue;
    add(everywhere, application);
    add(environment, application);
  }
  return [...found.values()];
}

/** The pair that somebody asks about. */
export function askedScope(asked: {
  readonly environment?: string | undefined;
  readonly application?: string | undefined;
}): Scope {
  return { environment: asked.environment ?? everywhere, application: asked.application ?? everywhere };
}

/** Whether a subject is counted in the scope by one of its places that somebody may see. */
export function isSeenInScope(
  { environment, application }: Scope,
  locations: readonly Selectable[],
  view: View,
): boolean {
  return locations.some(
    (location) =>
      (environment === everywhere || (location.environment ?? noEnvironment) === environment) &&
      (application === everywhere || location.application === application) &&
      (view === undefined || view(location)),
  );
}
