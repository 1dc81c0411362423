import type { Queries } from '#store/index.ts';
import type { Retention } from '../contract.ts';
import { type Author, audit } from './audit.ts';
import type { Dependencies } from './dependencies.ts';
import { accessSchema } from './schema.ts';

/** What holds until somebody sets it. */
const usualRetention: Retention = { containerDays: 90, scanDays: 365, trendDays: 730, auditDays: 730 };

/** How many days things are kept; each domain deletes its own by it. */
export async function readRetention(queries: Queries): Promise<Retention> {
  const row = await queries.query(accessSchema).selectFrom('retention').select('days').executeTakeFirst();
  return row === undefined ? usualRetention : { ...usualRetention, ...row.days };
}

export async function setRetention(
  { store }: Pick<Dependencies, 'store'>,
  days: Retention,
  author: Author,
): Promise<void> {
  await store.transaction(async (transaction) => {
    const before = await readRetention(transaction);
    const text = JSON.stringify(days);
    await transaction
      .query(accessSchema)
      .insertInto('retention')
      .values({ days: text })
      .onConflict((conflict) => conflict.column('single').doUpdateSet({ days: text }))
      .execute();
    await audit(transaction, { ...author, action: 'retention-set', detail: { before, after: days } });
  });
}
