import { type Selectable as Row, sql } from 'kysely';
import type { Transaction } from '#store/index.ts';
import { type IncidentGroup, joinIncidents } from '../incident.ts';
import { joinFurther } from './further-incidents.ts';
import type { IncidentRow } from './incidents.ts';
import type { PlacedDetection } from './placed-detection.ts';
import { type RuntimeTables, runtimeSchema } from './schema.ts';
import { storable } from './search.ts';

/** Incidents of a container that a detection may belong to. */
const mostOpen = 200;

/**
 * Finds or makes the incident of each detection, in the order in which they happened; closed ones do not grow. Gives the
 * ids by place, `undefined` for a notice. Needs the lock of the host's detections.
 */
export async function joinDetections(
  transaction: Transaction,
  detections: readonly PlacedDetection[],
): Promise<readonly (number | undefined)[]> {
  const ids = new Map<PlacedDetection, number>();
  const ordered = detections.toSorted((left, right) => left.row.time.getTime() - right.row.time.getTime());
  for (const ofContainer of Map.groupBy(ordered, ({ row }) => row.container).values())
    await joinContainer(transaction, ofContainer, ids);
  return detections.map((one) => ids.get(one));
}

interface Story extends IncidentGroup {
  /** Of an incident that is stored. */
  readonly id?: number;
  readonly members: readonly PlacedDetection[];
}

async function joinContainer(
  transaction: Transaction,
  detections: readonly PlacedDetection[],
  ids: Map<PlacedDetection, number>,
): Promise<void> {
  const [first] = detections;
  if (first === undefined) return;
  const stories: Story[] = (await readOpen(transaction, first)).map(toStory);
  for (const one of detections) {
    const found = joinIncidents(stories, { ...one.detection, time: one.row.time.toISOString() });
    if (found === undefined) continue;
    const before = found.joined === undefined ? undefined : stories[found.joined];
    const story = { ...before, ...found.group, members: [...(before?.members ?? []), one] };
    if (found.joined === undefined) stories.push(story);
    else stories[found.joined] = story;
  }
  for (const story of stories) {
    const [leading] = story.members;
    if (leading === undefined) continue;
    const id = await save(transaction, story, leading);
    for (const member of story.members) ids.set(member, id);
  }
}

async function readOpen(
  transaction: Transaction,
  { row: { host, container }, topic }: PlacedDetection,
): Promise<readonly IncidentRow[]> {
  return await transaction
    .query(runtimeSchema)
    .selectFrom('incident')
    .selectAll()
    .where('host', '=', host)
    .where('container', '=', container)
    .where('state', '!=', 'closed')
    .where(sql<boolean>`topic is not distinct from ${topic}`)
    .orderBy('last_at', 'desc')
    .limit(mostOpen)
    .forUpdate()
    .execute();
}

function toStory(row: IncidentRow): Story {
  const { id, container, title, severity, outcome, techniques, detections, processes } = row;
  return {
    id,
    container,
    title,
    severity,
    outcome,
    techniques,
    detections,
    openedAt: row.opened_at.toISOString(),
    lastAt: row.last_at.toISOString(),
    processes,
    members: [],
  };
}

async function save(transaction: Transaction, story: Story, leading: PlacedDetection): Promise<number> {
  const database = transaction.query(runtimeSchema);
  const grown = grownColumns(story, leading);
  if (story.id !== undefined) {
    await database.updateTable('incident').set(grown).where('id', '=', story.id).execute();
    return story.id;
  }
  const { row, place, detection } = leading;
  const further = await joinFurther(transaction, { host: row.host, at: row.received_at, story, leading });
  if (further !== undefined) return further;
  const { id } = await database
    .insertInto('incident')
    .values({
      ...grown,
      state: 'open',
      host: row.host,
      environment: row.environment,
      container: row.container,
      container_name: row.container_name,
      image: detection.container.image,
      digest: row.digest,
      model: row.model,
      created_at: row.received_at,
      topic: leading.topic,
      acknowledged: null,
      place: JSON.stringify(place),
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

type Grown = 'title' | 'severity' | 'outcome' | 'techniques' | 'detections' | 'opened_at' | 'last_at' | 'processes';

function grownColumns(
  story: Story,
  { row, detection }: PlacedDetection,
): Pick<Row<RuntimeTables['incident']>, Grown | 'search'> {
  const { title, severity, outcome, techniques, detections, openedAt, lastAt, processes } = story;
  const { name, image } = detection.container;
  return {
    title,
    severity,
    outcome,
    techniques,
    detections,
    opened_at: new Date(openedAt),
    last_at: new Date(lastAt),
    processes,
    search: storable([title, row.host, name, row.container, image, ...techniques].join('\n').toLowerCase()),
  };
}
