import { AppError, type Clock } from '#base/index.ts';
import type { Store, Transaction } from '#store/index.ts';
import type { HostReport } from '../contract.ts';
import { hostReported } from './facts.ts';
import { inventorySchema } from './schema.ts';

/** Rows of one insert statement; PostgreSQL takes 65,535 parameters, a row has three. */
const rowsAtOnce = 10_000;

/** Takes the place of what the host reported before. Throws `bad-request` when a subject is listed twice. */
export async function storeHostReport(
  report: HostReport,
  options: { readonly store: Store; readonly clock: Clock },
): Promise<void> {
  const subjects = new Set(report.present.map((found) => found.subject));
  if (subjects.size < report.present.length) throw new AppError('bad-request', 'present: lists a subject twice');
  await options.store.transaction(async (transaction) => {
    await transaction.lock(`host ${report.name}`);
    const database = transaction.query(inventorySchema);
    const known = await database.selectFrom('host').select('report').where('name', '=', report.name).executeTakeFirst();
    const row = { report: JSON.stringify(report), seen_at: options.clock() };
    await database
      .insertInto('host')
      .values({ name: report.name, ...row })
      .onConflict((conflict) => conflict.column('name').doUpdateSet(row))
      .execute();
    if (!samePresence(known?.report, report)) await replacePresence(transaction, report);
    await transaction.announce(hostReported, { host: report.name });
  });
}

function samePresence(known: HostReport | undefined, report: HostReport): boolean {
  return known !== undefined && presenceKey(known) === presenceKey(report);
}

function presenceKey(report: HostReport): string {
  return JSON.stringify(report.present.map((found) => [found.subject, found.names]));
}

async function replacePresence(transaction: Transaction, report: HostReport): Promise<void> {
  const database = transaction.query(inventorySchema);
  await database.deleteFrom('presence').where('host', '=', report.name).execute();
  const rows = report.present.map((found) => ({ host: report.name, subject: found.subject, names: [...found.names] }));
  for (let at = 0; at < rows.length; at += rowsAtOnce) {
    await database
      .insertInto('presence')
      .values(rows.slice(at, at + rowsAtOnce))
      .execute();
  }
}
