import type { Kysely, Selectable } from 'kysely';
import { AppError } from '#base/index.ts';
import type { CallInput } from '#http/index.ts';
import type { Transaction } from '#store/index.ts';
import type { createUser, updateUser, User } from '../contract.ts';
import { type Author, audit } from './audit.ts';
import { scopeOf } from './collections.ts';
import type { Dependencies } from './dependencies.ts';
import { type AccessTables, accessSchema } from './schema.ts';
import { announceOwner } from './token-worth.ts';

/** The local user that the first start makes. */
export const firstUser = 'admin';

/** Makes the first user when there is none of this console; he has no password until he sets one. */
export async function ensureFirstUser({ store, clock }: Dependencies): Promise<void> {
  const access = store.query(accessSchema);
  const found = await access.selectFrom('user').select('id').where('issuer', 'is', null).limit(1).executeTakeFirst();
  if (found !== undefined) return;
  await access
    .insertInto('user')
    .values({ name: firstUser, password: null, role: 'administrator', created_at: clock(), ...never })
    .onConflict((conflict) => conflict.column('name').doNothing())
    .execute();
}

const never = { collections: null, seen_at: null };

export async function allUsers({ store }: Pick<Dependencies, 'store'>): Promise<readonly User[]> {
  const rows = await store.query(accessSchema).selectFrom('user').selectAll().orderBy('name').execute();
  return rows.map(toUser);
}

/** Whether anybody who may sign in has a password. */
export async function hasPasswords({ store }: Pick<Dependencies, 'store'>): Promise<boolean> {
  const found = await store
    .query(accessSchema)
    .selectFrom('user')
    .select('id')
    .where('password', 'is not', null)
    .where('disabled', '=', false)
    .limit(1)
    .executeTakeFirst();
  return found !== undefined;
}

/** Throws `AppError`: `name-taken`, `bad-request` for a collection that is not there. */
export async function addUser(
  { clock }: Dependencies,
  transaction: Transaction,
  { name, role, collections }: CallInput<typeof createUser>['body'],
): Promise<User> {
  const scope = await scopeOf(transaction, { role, collections });
  const row = await transaction
    .query(accessSchema)
    .insertInto('user')
    .values({ ...never, name, password: null, role, created_at: clock(), collections: scope })
    .onConflict((conflict) => conflict.column('name').doNothing())
    .returningAll()
    .executeTakeFirst();
  if (row === undefined) throw new AppError('name-taken', `There is a user ${name} already.`);
  return toUser(row);
}

/**
 * Throws `AppError`: `not-found`, `last-administrator`, `bad-request` for a collection that is not there, or where the
 * provider says the role.
 */
export async function changeUser(
  { store }: Dependencies,
  { params: { id }, body }: Pick<CallInput<typeof updateUser>, 'params' | 'body'>,
  author: Author,
): Promise<User> {
  const { role, collections, disabled } = body;
  return await store.transaction(async (transaction) => {
    await transaction.lock('access-users');
    const scope = await scopeOf(transaction, { role, collections });
    const access = transaction.query(accessSchema);
    const before = await access.selectFrom('user').selectAll().where('id', '=', id).executeTakeFirst();
    if (before === undefined) throw new AppError('not-found', 'There is no such user.');
    checkOwnRole(before, { role, collections: scope });
    const after = await access
      .updateTable('user')
      .set({ role, disabled, collections: scope })
      .where('id', '=', id)
      .returningAll()
      .executeTakeFirstOrThrow();
    await keepAdministrator(access, before.name);
    if (disabled) await endWaysIn(access, id);
    await announceOwner(transaction, id);
    const detail = { before: changeable(before), after: changeable(after) };
    await audit(transaction, {
      ...author,
      action: 'user-changed',
      target: { kind: 'user', id, name: after.name },
      detail,
    });
    return toUser(after);
  });
}

/** Deletes a user; his tokens stay, and stand for nobody. Throws `AppError`: `not-found`, `last-administrator`. */
export async function removeUser({ store }: Pick<Dependencies, 'store'>, id: string, author: Author): Promise<void> {
  await store.transaction(async (transaction) => {
    await transaction.lock('access-users');
    const access = transaction.query(accessSchema);
    const removed = await access.deleteFrom('user').where('id', '=', id).returning('name').executeTakeFirst();
    if (removed === undefined) throw new AppError('not-found', 'There is no such user.');
    await keepAdministrator(access, removed.name);
    await announceOwner(transaction, id);
    const target = { kind: 'user', id, name: removed.name };
    await audit(transaction, { ...author, action: 'user-deleted', target });
  });
}

function checkOwnRole(before: Row, { role, collections }: Pick<Row, 'role' | 'collections'>): void {
  if (before.issuer === null) return;
  if (before.role === role && JSON.stringify(before.collections) === JSON.stringify(collections)) return;
  throw new AppError('bad-request', `The role of ${before.name} comes from groups at the provider.`, {
    next: 'Change the groups there or the mapping in SEAWALL_OIDC_FILE; here the user can be disabled.',
  });
}

/** One of this console: who a provider makes administrator may be none at the next look, or the provider away. */
async function keepAdministrator(access: Kysely<AccessTables>, name: string): Promise<void> {
  const left = await access
    .selectFrom('user')
    .select('id')
    .where('role', '=', 'administrator')
    .where('disabled', '=', false)
    .where('issuer', 'is', null)
    .executeTakeFirst();
  if (left === undefined)
    throw new AppError('last-administrator', `${name} is the last administrator of this console.`);
}

async function endWaysIn(access: Kysely<AccessTables>, user: string): Promise<void> {
  await access.deleteFrom('session').where('user_id', '=', user).execute();
  await access.deleteFrom('sign_in_link').where('user_id', '=', user).execute();
}

type Row = Selectable<AccessTables['user']>;

function changeable({ role, collections, disabled }: Row): Pick<User, 'role' | 'collections' | 'disabled'> {
  return { role, disabled, ...(collections === null ? {} : { collections }) };
}

function toUser(row: Row): User {
  const { id, name, created_at, seen_at, password } = row;
  return {
    id,
    name,
    ...changeable(row),
    createdAt: created_at.toISOString(),
    ...(seen_at === null ? {} : { lastSeenAt: seen_at.toISOString() }),
    hasPassword: password !== null,
    ...providerOf(row),
  };
}

function providerOf({ issuer, subject, granted_by, confirmed_at }: Row): Pick<User, 'provider'> {
  if (issuer === null || subject === null || confirmed_at === null) return {};
  const group = granted_by === null ? {} : { group: granted_by };
  return { provider: { issuer, subject, ...group, confirmedAt: confirmed_at.toISOString() } };
}
