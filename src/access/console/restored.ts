import { sql } from 'kysely';
import { AppError } from '#base/index.ts';
import type { Queries, Transaction } from '#store/index.ts';
import { type Author, audit, theConsole } from './audit.ts';
import type { Dependencies } from './dependencies.ts';
import { type AccessTables, accessSchema } from './schema.ts';

/** Names that an entry of the trail holds. */
const namedTokens = 50;

/**
 * Holds every token that the restored copy holds open: one that was revoked after the copy was taken is among them, and
 * nobody but a person knows which.
 */
export async function holdTokens(
  transaction: Transaction,
  { restoredAt, takenAt }: { readonly restoredAt: Date; readonly takenAt: Date },
): Promise<void> {
  const access = transaction.query(accessSchema);
  const row = { restored_at: restoredAt, taken_at: takenAt, confirmed_at: null };
  await access
    .insertInto('restored')
    .values(row)
    .onConflict((conflict) => conflict.column('single').doUpdateSet(row))
    .execute();
  await access.deleteFrom('session').execute();
  await access.deleteFrom('sign_in_link').execute();
  const held = await access
    .updateTable('token')
    .set({ held_at: restoredAt })
    .where('revoked_at', 'is', null)
    .returning('name')
    .execute();
  const detail = { takenAt: takenAt.toISOString(), restoredAt: restoredAt.toISOString(), heldTokens: held.length };
  await audit(transaction, { ...theConsole, action: 'backup-restored', detail });
}

interface Restored {
  readonly restored?: { readonly restoredAt: string; readonly takenAt: string };
}

/** The copy that was restored last, as endpoints tell it. */
export async function readRestored(queries: Queries): Promise<Restored> {
  return shown(await queries.query(accessSchema).selectFrom('restored').selectAll().executeTakeFirst());
}

/** The same, until an administrator looked at what it brought back. */
export async function readUnconfirmed(queries: Queries): Promise<Restored> {
  const open = queries.query(accessSchema).selectFrom('restored').selectAll().where('confirmed_at', 'is', null);
  return shown(await open.executeTakeFirst());
}

function shown(row: Pick<AccessTables['restored'], 'restored_at' | 'taken_at'> | undefined): Restored {
  if (row === undefined) return {};
  return { restored: { restoredAt: row.restored_at.toISOString(), takenAt: row.taken_at.toISOString() } };
}

/** An administrator looked at users, agents and clusters. Throws `AppError` `conflict` where it is not this restore any more. */
export async function confirmRestored(
  { store, clock }: Pick<Dependencies, 'store' | 'clock'>,
  restoredAt: string,
  author: Author,
): Promise<void> {
  await store.transaction(async (transaction) => {
    const confirmed = await transaction
      .query(accessSchema)
      .updateTable('restored')
      .set({ confirmed_at: clock() })
      .where('restored_at', '=', new Date(restoredAt))
      .where('confirmed_at', 'is', null)
      .returning('taken_at')
      .executeTakeFirst();
    if (confirmed === undefined)
      throw new AppError('conflict', 'Somebody confirmed this restore already, or there was another one since.', {
        next: 'Load the page again.',
      });
    const detail = { restoredAt, takenAt: confirmed.taken_at.toISOString() };
    await audit(transaction, { ...author, action: 'restore-confirmed', detail });
  });
}

/** These held tokens work again. Gives how many they were. */
export async function confirm(
  { store }: Pick<Dependencies, 'store'>,
  ids: readonly string[],
  author: Author,
): Promise<number> {
  return await store.transaction(async (transaction) => {
    const confirmed = await transaction
      .query(accessSchema)
      .updateTable('token')
      .set({ held_at: null })
      .where('id', '=', sql<string>`any(${ids}::uuid[])`)
      .where('held_at', 'is not', null)
      .where('revoked_at', 'is', null)
      .returning('name')
      .execute();
    if (confirmed.length === 0) return 0;
    const names = confirmed.map(({ name }) => name).toSorted();
    const detail = { count: names.length, names: names.slice(0, namedTokens) };
    await audit(transaction, { ...author, action: 'tokens-confirmed', detail });
    return confirmed.length;
  });
}
