import { type Selectable as Row, sql } from 'kysely';
import type { SavedBy } from '#rules/console/index.ts';
import type { Queries, Transaction } from '#store/index.ts';
import type { Policy, PolicyText } from '../contract.ts';
import { policyChanged } from './facts.ts';
import { type PolicyTables, policySchema } from './schema.ts';

/** The policy that holds for everything that no other one does: always the last. */
export const lastPolicy = 'production';

/** A version of a policy, and who saved it: nobody when a setting of the console did. */
export interface SavedPolicy {
  readonly policy: Policy;
  readonly savedAt: string;
  readonly savedBy?: string;
}

const columns = [
  'policy.id',
  'version',
  'name',
  'description',
  'collections',
  'state',
  'rules',
  'created_at',
  'saved_by',
] as const;

/** The policies in force, in their order. */
export async function readPolicies(queries: Queries): Promise<readonly SavedPolicy[]> {
  const rows = await queries
    .query(policySchema)
    .selectFrom('place')
    .innerJoin('policy', 'policy.id', 'place.id')
    .select(columns)
    .where('version', '=', (newest) =>
      newest
        .selectFrom('policy as other')
        .select(({ fn }) => fn.max('other.version').as('version'))
        .whereRef('other.id', '=', 'place.id'),
    )
    .orderBy(sql`place.id = ${lastPolicy}`)
    .orderBy('position')
    .execute();
  return rows.map(toSaved);
}

/** All versions of a policy, newest first; those of a deleted one too. */
export async function readVersions(queries: Queries, id: string): Promise<readonly SavedPolicy[]> {
  const rows = await queries
    .query(policySchema)
    .selectFrom('policy')
    .select(columns)
    .where('id', '=', id)
    .orderBy('version', 'desc')
    .execute();
  return rows.map(toSaved);
}

/** The newest version of a policy, or `undefined` when there was never one of this id. */
export async function policyInForce(queries: Queries, id: string): Promise<Policy | undefined> {
  return (await readVersions(queries, id))[0]?.policy;
}

/** Puts the next version of a policy in force; a new policy stands before the last one. */
export async function addVersion(
  transaction: Transaction,
  text: Omit<Policy, 'version'>,
  { now, savedBy }: SavedBy,
): Promise<Policy> {
  const database = transaction.query(policySchema);
  const newest = await policyInForce(transaction, text.id);
  const policy = { ...text, version: (newest?.version ?? 0) + 1 };
  const { id, version, name, description, collections, state, rules } = policy;
  await database
    .insertInto('policy')
    .values({
      id,
      version,
      name,
      description: description ?? null,
      collections: collections === undefined ? null : [...collections],
      state: state ?? 'on',
      rules: JSON.stringify(rules),
      created_at: now,
      saved_by: savedBy ?? null,
    })
    .execute();
  await database
    .insertInto('place')
    .values({ id, position: sql`(select coalesce(max(position), 0) + 1 from policy.place)` })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  await transaction.announce(policyChanged, { policy: id });
  return policy;
}

/** Whether two texts of a policy are one. */
export function saysTheSame(one: PolicyText, other: PolicyText): boolean {
  return textOf(one) === textOf(other);
}

function textOf({ name, description, collections, state, rules }: PolicyText): string {
  return JSON.stringify([name, description ?? '', collections ?? null, state ?? 'on', rules]);
}

function toSaved(row: Pick<Row<PolicyTables['policy']>, keyof PolicyTables['policy']>): SavedPolicy {
  const { id, version, name, description, collections, state, rules } = row;
  return {
    policy: {
      id,
      version,
      name,
      ...(description === null ? {} : { description }),
      ...(collections === null ? {} : { collections }),
      ...(state === 'on' ? {} : { state }),
      rules,
    },
    savedAt: row.created_at.toISOString(),
    ...(row.saved_by === null ? {} : { savedBy: row.saved_by }),
  };
}
