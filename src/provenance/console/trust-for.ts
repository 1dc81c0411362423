import { readCollections } from '#access/console/index.ts';
import type { Principal } from '#http/console/index.ts';
import { placesIn } from '#inventory/console/index.ts';
import type { Queries } from '#store/index.ts';
import type { Provenance, Trust, TrustedRegistry } from '../contract.ts';
import { isInScope, parseScope, type RepositoryScope } from '../scope.ts';
import type { Dependencies, NamedTrust } from './dependencies.ts';
import { readTrust } from './trust.ts';

type Reading = Pick<Dependencies, 'store' | 'namedFor'>;

/**
 * What is trusted, as far as it concerns the caller: registries of images that the caller sees, without who asks them,
 * and keys and bases that a policy names which concerns the caller.
 */
export async function trustFor({ store, namedFor }: Reading, principal: Principal | undefined): Promise<Trust> {
  const trust = await readTrust(store);
  const own = principal?.collections;
  if (own === undefined) return trust;
  const named = await namedFor?.(principal);
  return {
    registries: (await registriesOfSeen(store, own, trust.registries)).map(withoutAccess),
    keys: trust.keys.filter(({ id }) => named?.key.has(id)),
    bases: trust.bases.filter(({ id }) => named?.base.has(id)),
  };
}

/** Who asks a registry, and whom it is believed by, is for who sees everything. */
function withoutAccess(whole: TrustedRegistry): TrustedRegistry {
  const { user: _user, tokenServer: _server, authorities: _authorities, ...registry } = whole;
  return registry;
}

async function registriesOfSeen(
  queries: Queries,
  own: readonly string[],
  registries: Trust['registries'],
): Promise<Trust['registries']> {
  const open = new Map(registries.flatMap(({ id, repositories }) => scoped(id, parseScope(repositories))));
  const mine = (await readCollections(queries)).filter(({ id }) => own.includes(id));
  if (open.size > 0 && mine.length > 0)
    for await (const places of placesIn(queries, mine)) {
      const names = new Set(places.flatMap(({ images }) => images));
      for (const name of names) for (const [id, scope] of open) if (isInScope(scope, name)) open.delete(id);
      if (open.size === 0) break;
    }
  return registries.filter(({ id }) => !open.has(id));
}

function scoped(id: string, scope: RepositoryScope | undefined): readonly (readonly [string, RepositoryScope])[] {
  return scope === undefined ? [] : [[id, scope]];
}

/** What is proven of an image as far as it concerns the caller: by keys and bases that hold for it, or that are named for the caller. */
export function provenanceFor(provenance: Provenance, named: NamedTrust | undefined): Provenance {
  if (named === undefined) return provenance;
  return {
    ...provenance,
    signatures: provenance.signatures.filter(({ key, state }) => state === 'proven' || named.key.has(key)),
    bases: provenance.bases.filter(({ base, state }) => state === 'proven' || named.base.has(base)),
  };
}
