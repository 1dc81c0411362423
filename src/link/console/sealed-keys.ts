import { holdsKeyedEntries } from '#access/console/index.ts';
import type { Queries, Transaction } from '#store/index.ts';
import { AppError } from '#base/index.ts';
import { opensAuthority } from './authorities.ts';
import { agentChanged } from './facts.ts';
import { findMasterKey, makeMasterKey } from './master-key.ts';
import { linkSchema } from './schema.ts';

/**
 * The master key of a store. It is made where the store holds nothing yet that a key sealed; never in the place of one
 * that is missing. Throws `AppError`: `master-key-missing`, `master-key-wrong`.
 */
export async function openMasterKey(queries: Queries, file: string): Promise<Buffer> {
  const key = findMasterKey(file);
  const authority = await newestAuthority(queries);
  if (key !== undefined) {
    if (authority !== undefined) opensAuthority(key, authority);
    return key;
  }
  if (authority === undefined && !(await holdsKeyedEntries(queries))) return makeMasterKey(file);
  throw new AppError(
    'master-key-missing',
    `The store holds keys that the key file ${file} opens, and it is not there.`,
  );
}

async function newestAuthority(queries: Queries) {
  return await queries
    .query(linkSchema)
    .selectFrom('authority')
    .select(['id', 'sealed_key'])
    .orderBy('created_at', 'desc')
    .limit(1)
    .executeTakeFirst();
}

/** What goes when the keys are discarded. */
export interface DiscardedKeys {
  /** Agents that have to join anew. */
  readonly agents: number;
  readonly joinTokens: number;
  readonly signingKeys: number;
}

/** How much would go. */
export async function countSealed(queries: Queries): Promise<DiscardedKeys> {
  const link = queries.query(linkSchema);
  const { agents } = await link
    .selectFrom('agent')
    .select(({ fn }) => fn.countAll<number>().as('agents'))
    .where('state', 'in', ['live', 'silent'])
    .executeTakeFirstOrThrow();
  const { joinTokens } = await link
    .selectFrom('join_token')
    .select(({ fn }) => fn.countAll<number>().as('joinTokens'))
    .executeTakeFirstOrThrow();
  const { signingKeys } = await link
    .selectFrom('signing_key')
    .select(({ fn }) => fn.countAll<number>().as('signingKeys'))
    .executeTakeFirstOrThrow();
  return { agents, joinTokens, signingKeys };
}

/** Discards the authorities, the signing keys, and what rests on them: every agent is revoked, every join token goes. */
export async function discardSealed(transaction: Transaction): Promise<void> {
  const link = transaction.query(linkSchema);
  await link.deleteFrom('authority').execute();
  await link.deleteFrom('signing_key').execute();
  await link.deleteFrom('join_token').execute();
  const revoked = await link
    .updateTable('agent')
    .set({ state: 'revoked' })
    .where('state', 'in', ['live', 'silent'])
    .returning(['id', 'name'])
    .execute();
  await transaction.announceAll(
    agentChanged,
    revoked.map(({ id, name }) => ({ agent: id, host: name })),
  );
}
