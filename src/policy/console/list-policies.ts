import { AppError } from '#base/index.ts';
import type { Principal } from '#http/console/index.ts';
import { concernsOf } from '#inventory/console/index.ts';
import type { Policy, PolicyInPlace } from '../contract.ts';
import { isInScope } from '../rulebook.ts';
import { hitsOf } from './hits.ts';
import type { Dependencies } from './dependencies.ts';
import { readPolicies, readVersions, type SavedPolicy } from './policies.ts';
import { readRulebook } from './rulebook.ts';
import { type CountedJudging, readCounted } from './visible.ts';

type Reading = Pick<Dependencies, 'store' | 'clock'>;

/** Who saved a version that a setting of the console made. */
const byTheConsole = 'console';

/** The policies in their order that concern the caller, with what each did, as far as the caller may see. */
export async function policiesFor(
  dependencies: Reading,
  principal: Principal | undefined,
): Promise<readonly PolicyInPlace[]> {
  const saved = await readPolicies(dependencies.store);
  const { shown, judgings, judgedIn } = await concerning(dependencies, principal, saved);
  const byPolicy = Map.groupBy(judgings, ({ policy }) => policy);
  return shown.map(({ policy, savedAt, savedBy = byTheConsole }) => ({
    policy,
    savedAt,
    savedBy,
    hits: hitsOf(byPolicy.get(policy.id) ?? []),
    inScope: new Set(judgedIn(policy).map(({ subject }) => subject)).size,
  }));
}

/** Versions of a policy that concern the caller, newest first; those of a deleted one too. Throws `not-found`. */
export async function versionsFor(
  dependencies: Reading,
  id: string,
  principal: Principal | undefined,
): Promise<readonly (SavedPolicy & { readonly savedBy: string })[]> {
  const saved = await readVersions(dependencies.store, id);
  const { shown } = await concerning(dependencies, principal, saved);
  if (shown.length === 0) throw new AppError('not-found', 'There was never a policy of this id.');
  return shown.map(({ savedBy = byTheConsole, ...version }) => ({ ...version, savedBy }));
}

/** Signing keys and approved bases that policies name which concern the caller. */
export async function trustNamedFor(
  { store, clock }: Reading,
  principal: Principal | undefined,
): Promise<Readonly<Record<'key' | 'base', ReadonlySet<string>>>> {
  const { shown } = await concerning({ store, clock }, principal, await readPolicies(store));
  const rules = shown.flatMap(({ policy }) => policy.rules);
  return {
    key: new Set(rules.flatMap((rule) => (rule.kind === 'signature' ? rule.keys : []))),
    base: new Set(rules.flatMap((rule) => (rule.kind === 'approved-base' ? rule.bases : []))),
  };
}

interface Concerning {
  readonly shown: readonly SavedPolicy[];
  /** What the caller may see of what was judged. */
  readonly judgings: readonly CountedJudging[];
  readonly judgedIn: (policy: Policy) => readonly CountedJudging[];
}

/** Also images that no host holds are judged, so the scope of a policy may hold more than lies on hosts. */
async function concerning(
  { store, clock }: Reading,
  principal: Principal | undefined,
  saved: readonly SavedPolicy[],
): Promise<Concerning> {
  const { collections } = await readRulebook(store, clock());
  const judgings = await readCounted(store, principal, collections);
  const judgedIn = (policy: Policy): readonly CountedJudging[] =>
    judgings.filter(({ places }) => isInScope(policy, places, collections));
  const concerns = await concernsOf(
    store,
    principal,
    saved.map(({ policy }) => policy),
  );
  return { shown: saved.filter(({ policy }) => concerns(policy) || judgedIn(policy).length > 0), judgings, judgedIn };
}
