import { type Collection } from '#access/contract.ts';
import { isInCollection } from '#access/index.ts';
import type { RuntimeRule } from './contract.ts';

/** A host, and the environments in which its containers may run. */
export interface HostEnvironments {
  readonly host: string;
  readonly environments: readonly string[];
}

/**
 * Whether a rule may apply to a container of a host, whatever its image and labels are: its scope names neither another
 * host nor another environment alone. A rule that cannot is nothing for that host's agent.
 */
export function canApply(
  { collections: scope }: Pick<RuntimeRule, 'collections'>,
  collections: readonly Collection[],
  { host, environments }: HostEnvironments,
): boolean {
  if (scope === undefined) return true;
  const named = collections.filter(({ id }) => scope.includes(id));
  const places = environments.length === 0 ? [{}] : environments.map((environment) => ({ environment }));
  return named.some(({ selects: { hosts, environments: patterns } }) =>
    places.some((place) =>
      isInCollection(
        { selects: { ...(hosts && { hosts }), ...(patterns && { environments: patterns }) } },
        { images: [], labels: {}, host, ...place },
      ),
    ),
  );
}
