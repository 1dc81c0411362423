import { sql } from 'kysely';
import type { SubjectId } from '#base/index.ts';
import { type FactHandler, readFacts } from '#link/console/index.ts';
import { PresentFact } from '../contract.ts';
import { announcePlaced, containersChanged, hostChanged } from './facts.ts';
import { hostOf } from './host-environment.ts';
import { forgetEnded, forgetGone } from './quotas.ts';
import { inventorySchema } from './schema.ts';

/** Fact `present`: what the engine does not hold any more is gone, also what an agent before this one told of. */
export const reportPresent: FactHandler = async (transaction, agent, facts) => {
  const reported = readFacts(facts, PresentFact).at(-1);
  if (reported === undefined) return;
  const { row: host } = await hostOf(transaction, agent);
  const database = transaction.query(inventorySchema);
  const { images, containers } = reported.body;
  const gone = await sql<{ subject: SubjectId | null }>`
    update inventory.image set gone_at = ${reported.at}
    where host = ${host.name} and gone_at is null and not exists (select from unnest(${images}::text[]) as p (id) where p.id = image.id)
    returning subject`.execute(database);
  const removed = await sql<{ subject: SubjectId | null; ran: boolean }>`
    update inventory.container as now
    set state = 'removed', changed_at = ${reported.at}, finished_at = coalesce(now.finished_at, ${reported.at})
    from inventory.container as before
    where now.host = ${host.name} and now.state <> 'removed' and before.host = now.host and before.id = now.id
      and not exists (select from unnest(${containers}::text[]) as p (id) where p.id = now.id)
    returning now.subject, before.up as ran`.execute(database);
  if (gone.rows.length > 0) await forgetGone(transaction, host.name);
  if (removed.rows.length > 0) await forgetEnded(transaction, host.name);
  const moved = [...gone.rows, ...removed.rows.filter(({ ran }) => ran)];
  await announcePlaced(
    transaction,
    moved.map(({ subject }) => subject),
  );
  if (gone.rows.length > 0) await transaction.announce(hostChanged, { host: host.name });
  if (removed.rows.length > 0) await transaction.announce(containersChanged, { host: host.name });
};
