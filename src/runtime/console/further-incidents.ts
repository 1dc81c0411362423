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

/** Detections for which there is no room for an incident of their own; of one transaction, under the lock of the host's detections. */
export interface FurtherIncidents {
  /** Gives the id of the incident that it joins, `undefined` while there is room for one of its own. */
  join(opening: Opening): Promise<number | undefined>;
  /** One of its own was opened. */
  opened(opening: Opening): void;
  /** Writes down what was joined. */
  save(): Promise<void>;
}

/** Who counts together: what agents detect takes no room from what the console itself found. */
type Finder = 'agent' | 'console';

/** Incidents that were opened within the hour before a moment, as they are counted for one finder. */
interface Hour extends Pick<Opening, 'host' | 'at'> {
  readonly finder: Finder;
  count: number;
  further?: FurtherRow | undefined;
}

/** The incident of all further detections. */
interface FurtherRow {
  readonly id: number;
  readonly host: string;
  detections: number;
  /** Of what joined it here; missing: nothing did. */
  lastAt?: string;
}

/** Beyond so many new incidents of a host in an hour, all further ones are one. */
export function furtherIncidents(transaction: Transaction): FurtherIncidents {
  const hours: Hour[] = [];
  const rows = new Map<number, FurtherRow>();
  const hourOf = async ({ host, at, leading }: Opening): Promise<Hour> => {
    const finder = finderOf(leading);
    const known = hours.find((one) => one.host === host && one.finder === finder && isSame(one.at, at));
    const found = known ?? { host, at, finder, count: await countOpened(transaction, { host, at, finder }) };
    if (known === undefined) hours.push(found);
    return found;
  };
  const count = ({ host, at }: Opening, finder: Finder): void => {
    for (const one of hours)
      if (one.host === host && one.finder === finder && at.getTime() > one.at.getTime() - hour) one.count += 1;
  };
  return {
    join: async (opening) => {
      const found = await hourOf(opening);
      if (found.count < limits.incidentsOfHost.value) return undefined;
      const { story } = opening;
      found.further ??= await readFurther(transaction, opening, rows);
      if (found.further === undefined) {
        const id = await openFurther(transaction, opening);
        // It is one of those that are counted for agents.
        count(opening, 'agent');
        found.further = { id, host: opening.host, detections: story.detections };
        rows.set(id, found.further);
        return id;
      }
      found.further.detections += story.detections;
      found.further.lastAt = later(found.further.lastAt, story.lastAt);
      return found.further.id;
    },
    opened: (opening) => count(opening, finderOf(opening.leading)),
    save: async () => {
      for (const row of rows.values()) await saveFurther(transaction, row);
    },
  };
}

function finderOf({ topic }: PlacedDetection): Finder {
  return topic === null ? 'agent' : 'console';
}

function isSame(one: Date, other: Date): boolean {
  return one.getTime() === other.getTime();
}

function later(one: string | undefined, other: string): string {
  return one !== undefined && Date.parse(one) > Date.parse(other) ? one : other;
}

async function countOpened(
  transaction: Transaction,
  { host, at, finder }: Pick<Hour, 'host' | 'at' | 'finder'>,
): Promise<number> {
  const alike =
    finder === 'agent' ? sql<boolean>`coalesce(topic, 'further') = 'further'` : sql<boolean>`topic <> 'further'`;
  const { count } = await transaction
    .query(runtimeSchema)
    .selectFrom('incident')
    .select(sql<number>`count(*)::int`.as('count'))
    .where('host', '=', host)
    .where('created_at', '>', new Date(at.getTime() - hour))
    .where(alike)
    .executeTakeFirstOrThrow();
  return count;
}

/** The one that is open; what was joined to it already is in the row that is known. */
async function readFurther(
  transaction: Transaction,
  { host, at }: Opening,
  known: Map<number, FurtherRow>,
): Promise<FurtherRow | undefined> {
  const open = await transaction
    .query(runtimeSchema)
    .selectFrom('incident')
    .select(['id', 'detections'])
    .where('host', '=', host)
    .where('container', '=', containerOf(host))
    .where('topic', '=', 'further')
    .where('state', '!=', 'closed')
    .where('created_at', '>', new Date(at.getTime() - hour))
    .executeTakeFirst();
  if (open === undefined) return undefined;
  const row = known.get(open.id) ?? { ...open, host };
  known.set(open.id, row);
  return row;
}

async function saveFurther(transaction: Transaction, { id, host, detections, lastAt }: FurtherRow): Promise<void> {
  if (lastAt === undefined) return;
  await transaction
    .query(runtimeSchema)
    .updateTable('incident')
    .set({
      detections,
      title: titleOf(host, detections),
      last_at: sql<Date>`greatest(last_at, ${new Date(lastAt)})`,
    })
    .where('id', '=', id)
    .execute();
}

function containerOf(host: string): string {
  return reportedContainer({ id: `further incidents ${host}`, name: host, image: '' }).id;
}

function titleOf(host: string, detections: number): string {
  const { value } = limits.incidentsOfHost;
  const more = detections === 1 ? '1 more detection' : `${detections} more detections`;
  return `${host}: ${more} after ${value} incidents within an hour.`;
}

async function openFurther(transaction: Transaction, { host, at, story, leading }: Opening): Promise<number> {
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
      container: containerOf(host),
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
