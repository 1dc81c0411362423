import { sql } from 'kysely';
import { AppError, type SubjectId } from '#base/index.ts';
import type { Queries, Transaction } from '#store/index.ts';
import { limits } from '../limits.ts';
import { catalogSchema } from './schema.ts';

interface Publishing {
  /** See `publisherKey`. */
  readonly publisher: string;
  readonly subject: SubjectId;
  readonly now: Date;
}

const day = 24 * 60 * 60_000;

/**
 * Counts a publication of a person or token, in the transaction that stores it, and forgets the days before. Throws
 * `AppError` `quota-reached` when there were as many on this day as may be. Agents are bounded by what their hosts hold.
 */
export async function countPublication(
  transaction: Transaction,
  { publisher, subject, now }: Publishing,
): Promise<void> {
  const today = now.toISOString().slice(0, 10);
  const isNew = await isUnknown(transaction, subject);
  const database = transaction.query(catalogSchema);
  const sum = await database
    .insertInto('published')
    .values({ publisher, day: today, publications: 1, new_images: isNew ? 1 : 0 })
    .onConflict((conflict) =>
      conflict.columns(['publisher', 'day']).doUpdateSet({
        publications: sql`published.publications + excluded.publications`,
        new_images: sql`published.new_images + excluded.new_images`,
      }),
    )
    .returning(['publications', 'new_images'])
    .executeTakeFirstOrThrow();
  const { publications, newImages } = limits;
  if (sum.publications > publications.value) throw reached(`${publications.value} publications`, now);
  if (isNew && sum.new_images > newImages.value) throw reached(`${newImages.value} images that were new`, now);
  if (sum.publications === 1)
    await database.deleteFrom('published').where('publisher', '=', publisher).where('day', '<', today).execute();
}

async function isUnknown(queries: Queries, subject: SubjectId): Promise<boolean> {
  const known = await queries
    .query(catalogSchema)
    .selectFrom('subject')
    .select('id')
    .where('id', '=', subject)
    .executeTakeFirst();
  return known === undefined;
}

function reached(what: string, now: Date): AppError {
  const retryAfter = Math.ceil((day - (now.getTime() % day)) / 1000);
  return new AppError('quota-reached', `${what} were published today by this caller; more are taken tomorrow (UTC).`, {
    retryAfter,
  });
}
