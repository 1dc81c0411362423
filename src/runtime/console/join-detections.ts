import { type Selectable as Row, sql } from 'kysely';
import type { Transaction } from '#store/index.ts';
import { type IncidentGroup, joinIncidents } from '../incident.ts';
import { type FurtherIncidents, furtherIncidents } from './further-incidents.ts';
import type { IncidentRow } from './incidents.ts';
import type { PlacedDetection } from './placed-detection.ts';
import { type RuntimeTables, runtimeSchema } from './schema.ts';
import { storable } from './search.ts';

/** Incidents of a container that a detection may belong to. */
const mostOpen = 200;
/** Containers whose incidents are read at once. */
const together = 100;

/**
 * Finds or makes the incident of each detection, in the order in which they happened; closed ones do not grow. Gives the
 * ids by place, `undefined` for a notice. Needs the lock of the host's detections.
 */
export async function joinDetections(
  transaction: Transaction,
  detections: readonly PlacedDetection[],
): Promise<readonly (number | undefined)[]> {
  const joining = { ids: new Map<PlacedDetection, number>(), further: furtherIncidents(transaction) };
  const ordered = detections.toSorted((left, right) => left.row.time.getTime() - right.row.time.getTime());
  const byContainer = [...Map.groupBy(ordered, ({ row }) => row.container).values()];
  for (let first = 0; first < byContainer.length; first += together)
    await joinContainers(transaction, byContainer.slice(first, first + together), joining);
  await joining.further.save();
  return detections.map((one) => joining.ids.get(one));
}

interface Joining {
  readonly ids: Map<PlacedDetection, number>;
  readonly further: FurtherIncidents;
}

async function joinContainers(
  transaction: Transaction,
  containers: readonly (readonly PlacedDetection[])[],
  joining: Joining,
): Promise<void> {
  const open = Map.groupBy(
    await readOpen(
      transaction,
      containers.flatMap(([first]) => first ?? []),
    ),
    ({ container }) => container,
  );
  for (const detections of containers) {
    const own = open.get(detections[0]?.row.container ?? '') ?? [];
    await joinContainer(transaction, { detections, open: own }, joining);
  }
}

interface Story extends IncidentGroup {
  /** Of an incident that is stored. */
  readonly id?: number;
  readonly members: readonly PlacedDetection[];
}

interface OfContainer {
  readonly detections: readonly PlacedDetection[];
  /** The newest first. */
  readonly open: readonly IncidentRow[];
}

async function joinContainer(
  transaction: Transaction,
  { detections, open }: OfContainer,
  { ids, further }: Joining,
): Promise<void> {
  const stories: Story[] = open.map(toStory);
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
    const id = await save(transaction, { story, leading }, further);
    for (const member of story.members) ids.set(member, id);
  }
}

/** Of the container and the topic of each of these detections, which are of one host. */
async function readOpen(
  transaction: Transaction,
  detections: readonly PlacedDetection[],
): Promise<readonly IncidentRow[]> {
  const host = detections[0]?.row.host ?? '';
  const [containers, topics] = [detections.map(({ row }) => row.container), detections.map(({ topic }) => topic)];
  const { rows } = await sql<IncidentRow>`
    select incident.* from unnest(${containers}::text[], ${topics}::text[]) as asked (container, topic)
    cross join lateral (
      select * from runtime.incident
      where host = ${host} and container = asked.container and state <> 'closed' and topic is not distinct from asked.topic
      order by last_at desc limit ${mostOpen} for update
    ) as incident order by incident.last_at desc`.execute(transaction.query(runtimeSchema));
  return rows;
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

async function save(
  transaction: Transaction,
  { story, leading }: { readonly story: Story; readonly leading: PlacedDetection },
  further: FurtherIncidents,
): Promise<number> {
  const database = transaction.query(runtimeSchema);
  const grown = grownColumns(story, leading);
  if (story.id !== undefined) {
    await database.updateTable('incident').set(grown).where('id', '=', story.id).execute();
    return story.id;
  }
  const { row, place, detection } = leading;
  const opening = { host: row.host, at: row.received_at, story, leading };
  const known = await further.join(opening);
  if (known !== undefined) return known;
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
  further.opened(opening);
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
