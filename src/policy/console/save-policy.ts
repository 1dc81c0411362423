import { sql } from 'kysely';
import { AppError } from '#base/index.ts';
import { audit, checkCollections, checkScope, type Writer } from '#access/console/index.ts';
import type { Queries } from '#store/index.ts';
import type { Policy, PolicyText } from '../contract.ts';
import { problemsOfRules } from '../problems.ts';
import { policyChanged } from './facts.ts';
import type { Parts } from './parts.ts';
import { addVersion, lastPolicy, lockPolicies, readPolicies, type SavedPolicy, saysTheSame } from './policies.ts';
import { policySchema } from './schema.ts';

/** Throws `bad-request` when the text cannot be a policy of this id. */
export async function checkText(id: string, { collections, state, rules }: PolicyText): Promise<void> {
  const [problem] = await problemsOfRules(rules);
  if (problem !== undefined) throw new AppError('bad-request', `${problem.path.join('.')}: ${problem.message}`);
  if (id !== lastPolicy) return;
  if (collections !== undefined || state === 'off')
    throw new AppError('bad-request', 'The last policy holds for everything: it has no scope and stays on.');
}

/** Throws `AppError`: `bad-request`, `conflict`, `not-allowed`. */
export async function savePolicy(
  { store, clock }: Parts,
  { id, policy, basedOn }: { readonly id: string; readonly policy: PolicyText; readonly basedOn: number },
  { principal, author }: Writer,
): Promise<Policy> {
  checkScope(principal, undefined);
  await checkText(id, policy);
  return await store.transaction(async (transaction) => {
    await lockPolicies(transaction);
    await checkCollections(transaction, policy.collections);
    const before = (await readPolicies(transaction)).find((one) => one.policy.id === id)?.policy;
    checkBase(before?.version ?? 0, basedOn);
    if (before !== undefined && saysTheSame(before, policy)) return before;
    const saved = await addVersion(transaction, { ...policy, id }, { now: clock(), savedBy: principal.name });
    const target = { kind: 'policy', id, name: saved.name };
    await audit(transaction, { ...author, action: 'policy-saved', target, detail: { before, after: saved } });
    return saved;
  });
}

/** Its versions stay, since verdicts name them. Throws `AppError`: `not-found`, `built-in`, `not-allowed`. */
export async function deletePolicy({ store }: Parts, id: string, { principal, author }: Writer): Promise<void> {
  checkScope(principal, undefined);
  if (id === lastPolicy) throw new AppError('built-in', 'The last policy holds for everything and stays.');
  await store.transaction(async (transaction) => {
    await lockPolicies(transaction);
    const before = (await readPolicies(transaction)).find(({ policy }) => policy.id === id)?.policy;
    if (before === undefined) throw new AppError('not-found', 'There is no such policy.');
    await transaction.query(policySchema).deleteFrom('place').where('id', '=', id).execute();
    await transaction.announce(policyChanged, { policy: id });
    const target = { kind: 'policy', id, name: before.name };
    await audit(transaction, { ...author, action: 'policy-deleted', target, detail: { before } });
  });
}

/** Throws `AppError`: `bad-request` unless every policy is named once and the last one stays last; `not-allowed`. */
export async function putInOrder(
  { store }: Parts,
  order: readonly string[],
  { principal, author }: Writer,
): Promise<void> {
  checkScope(principal, undefined);
  await store.transaction(async (transaction) => {
    await lockPolicies(transaction);
    const before = (await readPolicies(transaction)).map(({ policy }) => policy.id);
    checkOrder(before, order);
    if (before.join() === order.join()) return;
    await transaction
      .query(policySchema)
      .updateTable('place')
      .set({ position: sql<number>`array_position(${[...order]}::text[], place.id)` })
      .execute();
    await transaction.announce(policyChanged, { policy: lastPolicy });
    const target = { kind: 'policy', id: 'order' };
    await audit(transaction, { ...author, action: 'policies-ordered', target, detail: { before, after: order } });
  });
}

/** Policies and exceptions that name a collection, in words. */
export async function usersOfCollection(queries: Queries, collection: string): Promise<readonly string[]> {
  const policies: readonly SavedPolicy[] = await readPolicies(queries);
  const exceptions = await queries
    .query(policySchema)
    .selectFrom('exception')
    .select('advisory')
    .where('state', 'in', ['requested', 'granted'])
    .where('expires_at', '>', sql<Date>`now()`)
    .where(sql<boolean>`${collection} = any(collections)`)
    .execute();
  return [
    ...policies
      .filter(({ policy }) => policy.collections?.includes(collection))
      .map(({ policy }) => `policy "${policy.name}"`),
    ...exceptions.map(({ advisory }) => `an exception for ${advisory}`),
  ];
}

/** Policies that name a signing key or an approved base, in words. */
export async function usersOfTrust(queries: Queries, kind: 'key' | 'base', id: string): Promise<readonly string[]> {
  const names = ({ policy }: SavedPolicy): boolean =>
    policy.rules.some((rule) => {
      if (kind === 'key') return rule.kind === 'signature' && rule.keys.includes(id);
      return rule.kind === 'approved-base' && rule.bases.includes(id);
    });
  return (await readPolicies(queries)).filter(names).map(({ policy }) => `policy "${policy.name}"`);
}

function checkBase(version: number, basedOn: number): void {
  if (version === basedOn) return;
  throw new AppError('conflict', `The policy is at version ${version}, and the change is based on ${basedOn}.`);
}

function checkOrder(before: readonly string[], order: readonly string[]): void {
  if (order.toSorted().join() !== before.toSorted().join())
    throw new AppError('bad-request', 'order: every policy must be named, and each once.');
  if (order.at(-1) !== lastPolicy)
    throw new AppError('bad-request', 'order: the last policy holds for everything and stays last.');
}
