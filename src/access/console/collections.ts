import { type Kysely, type Selectable, sql } from 'kysely';
import { AppError } from '#base/index.ts';
import type { Principal } from '#http/console/index.ts';
import type { CallInput } from '#http/index.ts';
import { fact, type Queries, type Transaction } from '#store/index.ts';
import { canonicalJson, storable } from '../canonical-json.ts';
import { everything } from '../collection.ts';
import type { Collection, putCollection, Role } from '../contract.ts';
import { audit } from './audit.ts';
import type { Dependencies } from './dependencies.ts';
import { type AccessTables, accessSchema } from './schema.ts';
import type { Writer } from './writer.ts';

/** A collection was made, changed or deleted: what it selects, and what its environment is, may be another. */
export const collectionsChanged = fact<{ readonly id: string }>('collections-changed');

/** All collections, the built-in one first, then by id. Where two give a host its environment, the first one does. */
export async function readCollections(queries: Queries): Promise<readonly Collection[]> {
  const rows = await queries.query(accessSchema).selectFrom('collection').selectAll().orderBy('id').execute();
  return [everything, ...rows.map(toCollection)];
}

/** Throws `bad-request` when one of the named collections does not exist. */
export async function checkCollections(queries: Queries, named: readonly string[] | undefined): Promise<void> {
  if (named === undefined) return;
  if (named.length === 0) throw new AppError('bad-request', 'collections: an empty list would hold nothing.');
  const known = new Set((await readCollections(queries)).map(({ id }) => id));
  const missing = named.find((id) => !known.has(id));
  if (missing !== undefined) throw new AppError('bad-request', `collections: there is no collection ${missing}.`);
}

/** Those that the caller may know of. */
export async function collectionsOf(
  { store }: Pick<Dependencies, 'store'>,
  principal: Principal | undefined,
): Promise<readonly Collection[]> {
  const all = await readCollections(store);
  const own = principal?.collections;
  return own === undefined ? all : all.filter(({ id }) => own.includes(id));
}

/** Makes or changes one. Throws `AppError`: `built-in`, `bad-request`. */
export async function saveCollection(
  { store }: Dependencies,
  { params: { id }, body }: Pick<CallInput<typeof putCollection>, 'params' | 'body'>,
  { author }: Writer,
): Promise<Collection> {
  checkBuiltIn(id);
  const wanted: Collection = { ...body, id, description: body.description ?? '' };
  checkEnvironment(wanted);
  return await store.transaction(async (transaction) => {
    await lockCollections(transaction);
    const access = transaction.query(accessSchema);
    const before = await find(access, id);
    if (before !== undefined && sameText(before) === sameText(wanted)) return before;
    const { name, description, selects, environment } = wanted;
    const row = { name, description, selects: JSON.stringify(selects), environment: environment ?? null };
    await access
      .insertInto('collection')
      .values({ id, ...row })
      .onConflict((conflict) => conflict.column('id').doUpdateSet(row))
      .execute();
    await transaction.announce(collectionsChanged, { id });
    const action = before === undefined ? 'collection-made' : 'collection-changed';
    await audit(transaction, {
      ...author,
      action,
      target: { kind: 'collection', id, name },
      detail: { before, after: wanted },
    });
    return wanted;
  });
}

/** Throws `AppError`: `built-in`, `not-found`, `in-use`. */
export async function removeCollection(
  { store, usedBy, provider }: Dependencies,
  id: string,
  { author }: Writer,
): Promise<void> {
  checkBuiltIn(id);
  const mapped = provider?.settings.roles.filter(({ collections }) => collections?.includes(id)) ?? [];
  const elsewhere = [...((await usedBy?.(id)) ?? []), ...mapped.map(({ group }) => `the role of group "${group}"`)];
  await store.transaction(async (transaction) => {
    await lockCollections(transaction);
    const access = transaction.query(accessSchema);
    const before = await find(access, id);
    if (before === undefined) throw new AppError('not-found', 'There is no such collection.');
    const users = [...(await scopedTo(access, id)), ...elsewhere];
    if (users.length > 0) throw new AppError('in-use', `${before.name} is named by ${listed(users)}.`);
    await access.deleteFrom('collection').where('id', '=', id).execute();
    await transaction.announce(collectionsChanged, { id });
    const target = { kind: 'collection', id, name: before.name };
    await audit(transaction, { ...author, action: 'collection-deleted', target, detail: { before } });
  });
}

/** What a user or token is scoped to, as it is stored. Throws `AppError` `bad-request`. */
export async function scopeOf(
  transaction: Transaction,
  { role, collections }: { readonly role: Role; readonly collections: readonly string[] | undefined },
): Promise<readonly string[] | null> {
  if (collections === undefined) return null;
  if (role === 'administrator')
    throw new AppError('bad-request', 'An administrator sees everything.', {
      next: 'Leave the collections out, or choose another role.',
    });
  await lockCollections(transaction);
  const known = new Set((await readCollections(transaction)).map(({ id }) => id));
  const unknown = collections.filter((id) => !known.has(id));
  if (unknown.length > 0) throw new AppError('bad-request', `There is no collection ${listed(unknown)}.`);
  return [...new Set(collections)];
}

/** Whoever names a collection by its id waits for who deletes one, and the other way round. */
async function lockCollections(transaction: Transaction): Promise<void> {
  await transaction.lock('access-collections');
}

function checkBuiltIn(id: string): void {
  if (id === everything.id) throw new AppError('built-in', `The collection ${everything.name} stays as it is.`);
}

/** Whoever has an engine's socket writes names and labels of images and containers; the host's name he does not. */
function checkEnvironment({ environment, selects: { hosts, ...others } }: Collection): void {
  if (environment === undefined) return;
  const byOthers = Object.values(others).some((patterns) => patterns !== undefined && patterns.length > 0);
  if (hosts !== undefined && hosts.length > 0 && !byOthers) return;
  throw new AppError('bad-request', 'Only a collection that selects by hosts alone gives an environment.', {
    next: 'Select by host names only: whoever has an engine’s socket writes names and labels of what runs there.',
  });
}

async function find(access: Kysely<AccessTables>, id: string): Promise<Collection | undefined> {
  const row = await access.selectFrom('collection').selectAll().where('id', '=', id).executeTakeFirst();
  return row === undefined ? undefined : toCollection(row);
}

/** Users and tokens that see this collection, in words. */
async function scopedTo(access: Kysely<AccessTables>, id: string): Promise<readonly string[]> {
  const names = async (table: 'user' | 'token'): Promise<readonly string[]> => {
    const rows = await access
      .selectFrom(table)
      .select('name')
      .$if(table === 'token', (tokens) => tokens.where(sql<boolean>`revoked_at is null`))
      .where(sql<boolean>`${id} = any (collections)`)
      .orderBy('name')
      .execute();
    return rows.map(({ name }) => `${table} "${name}"`);
  };
  return [...(await names('user')), ...(await names('token'))];
}

function listed(words: readonly string[]): string {
  const shown = words.slice(0, 5).join(', ');
  return words.length > 5 ? `${shown} and ${words.length - 5} more` : shown;
}

function sameText(collection: Collection): string {
  return canonicalJson(storable(collection));
}

function toCollection({ environment, ...row }: Selectable<AccessTables['collection']>): Collection {
  return { ...row, ...(environment === null ? {} : { environment }) };
}
