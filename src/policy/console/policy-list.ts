import { sql } from 'kysely';
import { AppError } from '#base/index.ts';
import type { ChildPool, RunOptions } from '#http/console/index.ts';
import { checkLast, type RuleList, rulesWithCollection } from '#rules/console/index.ts';
import type { Queries, Store } from '#store/index.ts';
import type { Policy, PolicyText } from '../contract.ts';
import { limits } from '../limits.ts';
import { problemsOfCounts, type RuleProblem } from '../problems.ts';
import { policyChanged } from './facts.ts';
import { addVersion, lastPolicy, readPolicies, readVersions, saysTheSame } from './policies.ts';
import { policySchema } from './schema.ts';
import { checkRulesTask } from './tasks.ts';

/** Policies as people change them. */
export const policyList: RuleList<Policy> = {
  kind: 'policy',
  plural: 'policies',
  noun: 'policy',
  last: lastPolicy,
  schema: policySchema,
  inForce: async (queries) => (await readPolicies(queries)).map(({ policy }) => policy),
  addVersion,
  announce: async (transaction, policy) => await transaction.announce(policyChanged, { policy }),
  check: async ({ rules }) => refuse(problemsOfCounts(rules)),
  saysTheSame,
  most: limits.policies.value,
};

/** Throws `bad-request` when the text cannot be a policy of this id. A child process reads its expressions. */
export async function checkText(
  id: string,
  text: PolicyText,
  { children, ...options }: { readonly children: Pick<ChildPool, 'run'> } & RunOptions,
): Promise<void> {
  refuse(problemsOfCounts(text.rules));
  refuse(await children.run(checkRulesTask, text.rules, options));
  checkLast(policyList, id, text);
}

function refuse([problem]: readonly RuleProblem[]): void {
  if (problem !== undefined) throw new AppError('bad-request', `${problem.path.join('.')}: ${problem.message}`);
}

/**
 * Puts the policy that the settings ask for in force as the last one. What a person has edited stays as it is; older
 * versions stay, since verdicts name them.
 */
export async function putDefaultInForce(store: Store, wanted: Omit<Policy, 'version'>, now: Date): Promise<void> {
  await store.transaction(async (transaction) => {
    await transaction.lock(policyList.plural);
    const [newest] = await readVersions(transaction, wanted.id);
    const isPlaced = (await policyList.inForce(transaction)).some(({ id }) => id === wanted.id);
    const stays = newest?.savedBy !== undefined || (newest !== undefined && saysTheSame(newest.policy, wanted));
    if (stays && isPlaced) return;
    await addVersion(transaction, wanted, { now });
  });
}

/** Policies, and exceptions that have not expired at this moment, that name a collection, in words. */
export async function usersOfCollection(queries: Queries, collection: string, now: Date): Promise<readonly string[]> {
  const exceptions = await queries
    .query(policySchema)
    .selectFrom('exception')
    .select('advisory')
    .where('state', 'in', ['requested', 'approved'])
    .where('expires_at', '>', now)
    .where(sql<boolean>`${collection} = any(collections)`)
    .execute();
  return [
    ...(await rulesWithCollection(policyList, queries, collection)),
    ...exceptions.map(({ advisory }) => `an exception for ${advisory}`),
  ];
}

/** Policies that name a signing key or an approved base, in words. */
export async function usersOfTrust(queries: Queries, kind: 'key' | 'base', id: string): Promise<readonly string[]> {
  const names = ({ rules }: Policy): boolean =>
    rules.some((rule) => {
      if (kind === 'key') return rule.kind === 'signature' && rule.keys.includes(id);
      return rule.kind === 'approved-base' && rule.bases.includes(id);
    });
  return (await policyList.inForce(queries)).filter(names).map(({ name }) => `policy "${name}"`);
}
