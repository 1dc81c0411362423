import { sql } from 'kysely';
import type { Clock } from '#base/index.ts';
import type { Store, Transaction } from '#store/index.ts';
import { leases } from '../lease.ts';
import { checkExceptionsChanged, hostOutdated } from './facts.ts';
import { endUnanswered } from './orders.ts';
import { complianceSchema } from './schema.ts';

/** Each minute: what time alone changes. Evidence ends, exceptions run out, orders that nobody answered are over. */
export async function watchTime({ store, clock }: { readonly store: Store; readonly clock: Clock }): Promise<void> {
  await store.transaction(async (transaction) => {
    const now = clock();
    await endUnanswered(transaction, now);
    await noteSilent(transaction, now);
    await noteEnded(transaction, now);
  });
}

/** Hosts of subjects that fell silent, or are heard of again, since they were judged. */
async function noteSilent(transaction: Transaction, now: Date): Promise<void> {
  const ends = Object.entries(leases).map(([kind, milliseconds]) => ({
    kind,
    before: new Date(now.getTime() - milliseconds),
  }));
  const { rows } = await sql<{ host: string }>`
    select distinct host from compliance.stands join compliance.subject using (host, kind, id)
    join json_to_recordset(${JSON.stringify(ends)}::json) as lease (kind text, before timestamptz) using (kind)
    where stands.silent <> (subject.reported_at < lease.before) order by host`.execute(
    transaction.query(complianceSchema),
  );
  await transaction.announceAll(hostOutdated, rows);
}

async function noteEnded(transaction: Transaction, now: Date): Promise<void> {
  const ended = await transaction
    .query(complianceSchema)
    .updateTable('exception')
    .set({ end_noted: true })
    .where('state', '=', 'approved')
    .where('expires_at', '<=', now)
    .where('end_noted', '=', false)
    .returning('id')
    .execute();
  for (const { id } of ended) await transaction.announce(checkExceptionsChanged, { exception: id });
}
