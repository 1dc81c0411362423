import type { Principal } from '#http/console/index.ts';
import type { PolicyInPlace } from '../contract.ts';
import { isInScope } from '../rulebook.ts';
import { hitsOf } from './hits.ts';
import type { Dependencies } from './dependencies.ts';
import { readPolicies } from './policies.ts';
import { readRulebook } from './rulebook.ts';
import { readCounted } from './visible.ts';

/** The policies in their order, with what each did, as far as the caller may see. */
export async function policiesFor(
  { store, clock }: Dependencies,
  principal: Principal | undefined,
): Promise<readonly PolicyInPlace[]> {
  const saved = await readPolicies(store);
  const { collections } = await readRulebook(store, clock());
  const judgings = await readCounted(store, principal, collections);
  const byPolicy = Map.groupBy(judgings, ({ policy }) => policy);
  return saved.map(({ policy, savedAt, savedBy = 'console' }) => ({
    policy,
    savedAt,
    savedBy,
    hits: hitsOf(byPolicy.get(policy.id) ?? []),
    inScope: new Set(
      judgings.filter(({ places }) => isInScope(policy, places, collections)).map(({ subject }) => subject),
    ).size,
  }));
}
