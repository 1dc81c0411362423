import { sql } from 'kysely';
import type { Transaction } from '#store/index.ts';
import { incidentsChanged } from './facts.ts';
import { type IncidentTopic, runtimeSchema } from './schema.ts';

/** Something of the console's own that may have happened before. */
export interface Repeat {
  readonly host: string;
  /** Under which its incident stands. */
  readonly container: string;
  readonly topic: IncidentTopic;
  readonly at: Date;
}

/**
 * Counts it to the incident of the same that is not closed. Gives whether there is one. Needs the lock of the host's
 * detections.
 */
export async function repeatIncident(
  transaction: Transaction,
  { host, container, topic, at }: Repeat,
): Promise<boolean> {
  const database = transaction.query(runtimeSchema);
  const open = await database
    .selectFrom('incident')
    .select('id')
    .where('host', '=', host)
    .where('container', '=', container)
    .where('topic', '=', topic)
    .where('state', '!=', 'closed')
    .orderBy('last_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (open === undefined) return false;
  await database
    .updateTable('incident')
    .set({ detections: sql<number>`detections + 1`, last_at: sql<Date>`greatest(last_at, ${at})` })
    .where('id', '=', open.id)
    .execute();
  await transaction.announce(incidentsChanged, { incident: open.id });
  return true;
}
