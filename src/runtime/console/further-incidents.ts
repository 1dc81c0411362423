import { sql } from 'kysely';
import type { Transaction } from '#store/index.ts';
import type { IncidentGroup } from '../incident.ts';
import { limits } from '../limits.ts';
import type { PlacedDetection } from './placed-detection.ts';
import { type Place, runtimeSchema } from './schema.ts';
import { storable } from './search.ts';
import { reportedContainer } from './reported-detection.ts';

/** An incident that is to be opened. */
export interface Opening {
  readonly host: string;
  /** By the console's clock. */
  readonly at: Date;
  readonly story: IncidentGroup;
  readonly leading: PlacedDetection;
}

const hour = 60 * 60_000;

/**
 * Beyond so many new incidents of a host in an hour, all further ones are one. What agents detect takes no room from what
 * the console itself found. Gives its id, `undefined` while there is room for one of its own. Needs the lock of the host's
 * detections.
 */
export async function joinFurther(transaction: Transaction, opening: Opening): Promise<number | undefined> {
  const { host, at, story, leading } = opening;
  const alike =
    leading.topic === null ? sql<boolean>`coalesce(topic, 'further') = 'further'` : sql<boolean>`topic <> 'further'`;
  const database = transaction.query(runtimeSchema);
  const { count } = await database
    .selectFrom('incident')
    .select(sql<number>`count(*)::int`.as('count'))
    .where('host', '=', host)
    .where('created_at', '>', new Date(at.getTime() - hour))
    .where(alike)
    .executeTakeFirstOrThrow();
  if (count < limits.incidentsOfHost.value) return undefined;
  const container = reportedContainer({ id: `further incidents ${host}`, name: host, image: '' }).id;
  const open = await database
    .selectFrom('incident')
    .select(['id', 'detections'])
    .where('host', '=', host)
    .where('container', '=', container)
    .where('topic', '=', 'further')
    .where('state', '!=', 'closed')
    .where('created_at', '>', new Date(at.getTime() - hour))
    .executeTakeFirst();
  if (open === undefined) return await openFurther(transaction, opening, container);
  const detections = open.detections + story.detections;
  await database
    .updateTable('incident')
    .set({
      detections,
      title: titleOf(host, detections),
      last_at: sql<Date>`greatest(last_at, ${new Date(story.lastAt)})`,
    })
    .where('id', '=', open.id)
    .execute();
  return open.id;
}

function titleOf(host: string, detections: number): string {
  const { value } = limits.incidentsOfHost;
  const more = detections === 1 ? '1 more detection' : `${detections} more detections`;
  return `${host}: ${more} after ${value} incidents within an hour.`;
}

async function openFurther(
  transaction: Transaction,
  { host, at, story, leading }: Opening,
  container: string,
): Promise<number> {
  const { environment } = leading.row;
  const place: Place = { host, images: [], labels: {}, ...(environment === null ? {} : { environment }) };
  const title = titleOf(host, story.detections);
  const { id } = await transaction
    .query(runtimeSchema)
    .insertInto('incident')
    .values({
      state: 'open',
      severity: 'high',
      outcome: 'observed',
      title,
      host,
      environment,
      container,
      container_name: host,
      image: '',
      digest: null,
      model: null,
      techniques: [],
      processes: [],
      detections: story.detections,
      opened_at: new Date(story.openedAt),
      created_at: at,
      topic: 'further',
      last_at: new Date(story.lastAt),
      acknowledged: null,
      search: storable([title, host].join('\n').toLowerCase()),
      place: JSON.stringify(place),
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}
