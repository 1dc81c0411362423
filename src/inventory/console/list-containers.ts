import { type RawBuilder, sql } from 'kysely';
import type { Selectable } from '#access/index.ts';
import type { HandlerInput, ReplyOf } from '#http/index.ts';
import type { Immutable } from '#base/index.ts';
import type { Queries } from '#store/index.ts';
import type { Container, ContainerFact, ContainerState, listContainers } from '../contract.ts';
import { type ContainerProtections, type ContainerRef, protectionKey } from './protections.ts';
import { inventorySchema } from './schema.ts';
import type { View } from './view.ts';

type Query = HandlerInput<typeof listContainers>['query'];

interface Reader {
  readonly view: View;
  readonly protections: ContainerProtections;
}

/** Answers `listContainers`: counts what the caller may see. */
export async function readContainers(
  queries: Queries,
  query: Query,
  { view, protections }: Reader,
): Promise<Immutable<ReplyOf<typeof listContainers>>> {
  const { protection, sort, ...asked } = query;
  const among = protection === undefined ? {} : { among: await protections.those(queries, protection) };
  const first = sort === 'protection' ? await protections.those(queries, 'not-protected') : [];
  const { total, containers } = await readPage(queries, { ...asked, ...among }, { view, first });
  const known = await protections.of(queries, containers);
  return {
    total,
    containers: containers.map((container) => {
      const found = known.get(protectionKey(container));
      return found === undefined ? container : { ...container, protection: found };
    }),
  };
}

async function readPage(
  queries: Queries,
  query: ContainerQuery & Pick<Query, 'limit' | 'offset'>,
  { view, first }: { readonly view: View; readonly first: readonly ContainerRef[] },
): Promise<Immutable<ReplyOf<typeof listContainers>>> {
  const wanted = matching(query);
  const order = orderOf(first);
  if (view === undefined) {
    const total = await count(queries, wanted);
    return {
      total,
      containers: await read(queries, sql`${wanted} ${order} limit ${query.limit} offset ${query.offset}`),
    };
  }
  const visible: ContainerPlace[] = [];
  for await (const some of visibleContainers(queries, query, view)) visible.push(...some);
  const page = visible.toSorted(shownFirst(first)).slice(query.offset, query.offset + query.limit);
  return { total: visible.length, containers: await read(queries, sql`where ${among(page)} ${order}`) };
}

/** Running ones, among them those that come first, then the newest. */
function orderOf(first: readonly ContainerRef[]): RawBuilder<unknown> {
  const leading = first.length === 0 ? sql`` : sql`(container.up and ${among(first)}) desc,`;
  return sql`order by container.up desc, ${leading} container.created_at desc, container.host, container.id`;
}

/** Which containers are asked for. */
type ContainerQuery = Omit<Query, 'limit' | 'offset' | 'protection' | 'sort'> & {
  readonly among?: readonly ContainerRef[];
};

function matching(query: ContainerQuery): RawBuilder<unknown> {
  const conditions = [
    query.search === undefined ? [] : sql`container.search like ${containing(query.search)}`,
    query.host === undefined ? [] : sql`container.host = ${query.host}`,
    inEnvironment(query.environment),
    query.application === undefined ? [] : sql`lower(container.application) = lower(${query.application})`,
    query.subject === undefined ? [] : sql`container.subject = ${query.subject}`,
    inState(query.state),
    query.among === undefined ? [] : sql`${among(query.among)}`,
  ].flat();
  return conditions.length === 0 ? sql`where true` : sql`where ${sql.join(conditions, sql` and `)}`;
}

function inEnvironment(environment: Query['environment']): readonly RawBuilder<unknown>[] {
  if (environment === undefined) return [];
  return [environment === 'none' ? sql`container.environment is null` : sql`container.environment = ${environment}`];
}

function inState(state: Query['state']): readonly RawBuilder<unknown>[] {
  switch (state) {
    case undefined:
      return [];
    case 'up':
      return [sql`container.up`];
    case 'ended':
      return [sql`container.finished_at is not null`];
  }
}

/** `%`, `_` and `\` stand for themselves; PostgreSQL keeps no NUL. */
function containing(text: string): string {
  const plain = text.toWellFormed().replaceAll('\u0000', '').toLowerCase();
  return `%${plain.replace(/[\\%_]/g, '\\$&')}%`;
}

async function count(queries: Queries, wanted: RawBuilder<unknown>): Promise<number> {
  const { rows } = await sql<{ total: number }>`select count(*) as total from inventory.container ${wanted}`.execute(
    queries.query(inventorySchema),
  );
  return rows[0]?.total ?? 0;
}

/** A container, and where it comes in a list. */
interface ContainerPlace {
  readonly host: string;
  readonly id: string;
  readonly up: boolean;
  readonly created: Date;
}

/** One that a caller may see. */
interface VisibleContainer extends ContainerPlace {
  /** On its host. */
  readonly imageId: string;
  /** Whether its engine still has it. */
  readonly there: boolean;
}

/** As `orderOf` has it. */
function shownFirst(first: readonly ContainerRef[]): (left: ContainerPlace, right: ContainerPlace) => number {
  const keys = new Set(first.map(protectionKey));
  const leads = (one: ContainerPlace): number => Number(one.up && keys.has(protectionKey(one)));
  return (left, right) =>
    Number(right.up) - Number(left.up) ||
    leads(right) - leads(left) ||
    right.created.getTime() - left.created.getTime() ||
    compareText(left.host, right.host) ||
    compareText(left.id, right.id);
}

function compareText(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Containers whose labels and names are read at once. */
const rowsAtOnce = 500;

interface SeenContainer extends VisibleContainer {
  readonly image: string;
  readonly names: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly environment: string | null;
  readonly application: string | null;
}

/** Those of the containers that are asked for that somebody may see, some at a time, so that few are held at once. */
export async function* visibleContainers(
  queries: Queries,
  query: ContainerQuery,
  view: NonNullable<View>,
): AsyncGenerator<readonly VisibleContainer[]> {
  for await (const rows of seenContainers(queries, query))
    yield rows
      .filter((row) => view(selectableOf(row)))
      .map(({ host, id, up, created, imageId, there }) => ({ host, id, up, created, imageId, there }));
}

/** What collections ask of all containers, some at a time. */
export async function* containerPlaces(queries: Queries): AsyncGenerator<readonly Selectable[]> {
  for await (const rows of seenContainers(queries, {})) yield rows.map(selectableOf);
}

async function* seenContainers(queries: Queries, query: ContainerQuery): AsyncGenerator<readonly SeenContainer[]> {
  let last = { host: '', id: '' };
  for (;;) {
    const rows = await readSelectables(
      queries,
      sql`${matching(query)} and (container.host, container.id) > (${last.host}, ${last.id})`,
    );
    yield rows;
    const end = rows.at(-1);
    if (end === undefined || rows.length < rowsAtOnce) return;
    last = end;
  }
}

/** What collections ask of a container: the name that it was made with, and those that its image has now. */
async function readSelectables(queries: Queries, wanted: RawBuilder<unknown>): Promise<readonly SeenContainer[]> {
  const { rows } = await sql<SeenContainer>`
    select container.host, container.id, container.up, container.created_at as created, container.image_name as image,
      container.image as "imageId", container.state <> 'removed' as there, coalesce(image.names, '{}') as names, labels, container.environment, container.application
    from inventory.container
    left join inventory.image on image.host = container.host and image.id = container.image
    ${wanted} order by container.host, container.id limit ${rowsAtOnce}`.execute(queries.query(inventorySchema));
  return rows;
}

function selectableOf({ host, image, names, labels, environment, application }: SeenContainer): Selectable {
  return {
    host,
    images: [...new Set([image, ...names])],
    labels,
    ...(environment === null ? {} : { environment }),
    ...(application === null ? {} : { application }),
  };
}

function among(page: readonly ContainerRef[]): RawBuilder<unknown> {
  return sql`(container.host, container.id) in
    (select * from unnest(${page.map(({ host }) => host)}::text[], ${page.map(({ id }) => id)}::text[]))`;
}

interface ContainerRow {
  readonly host: string;
  readonly stale: boolean;
  readonly subject: ContainerFact['subject'] | null;
  readonly state: ContainerState;
  readonly environment: string | null;
  readonly application: string | null;
  readonly first_seen: Date;
  readonly changed_at: Date;
  readonly finished_at: Date | null;
  readonly cgroup_version: string | null;
  readonly fact: ContainerFact;
}

async function read(queries: Queries, wanted: RawBuilder<unknown>): Promise<readonly Container[]> {
  const { rows } = await sql<ContainerRow>`
    select container.host, (host.stale or host.agent <> container.reported_by) as stale, subject, state, container.environment, application, first_seen, changed_at,
      finished_at, host.fact -> 'engine' ->> 'cgroupVersion' as cgroup_version, container.fact
    from inventory.container join inventory.host on host.name = container.host ${wanted}`.execute(
    queries.query(inventorySchema),
  );
  return rows.map(toContainer);
}

/** What the console knows comes before what the agent told: the state, the subject and where it stands. */
function toContainer(row: ContainerRow): Container {
  const { subject: _, environment: __, finishedAt: ___, ...fact } = row.fact;
  return {
    ...fact,
    ...(row.subject === null ? {} : { subject: row.subject }),
    state: row.state,
    ...(row.finished_at === null ? {} : { finishedAt: row.finished_at.toISOString() }),
    host: row.host,
    ...(row.environment === null ? {} : { environment: row.environment }),
    ...(row.application === null ? {} : { application: row.application }),
    stale: row.stale,
    sharedByDefault: sharedByDefault(fact, row.cgroup_version),
    firstSeenAt: row.first_seen.toISOString(),
    changedAt: row.changed_at.toISOString(),
  };
}

/** With cgroups of version 1 an engine gives containers the host's cgroup namespace by itself. */
function sharedByDefault(
  { hostNamespaces }: Pick<ContainerFact, 'hostNamespaces'>,
  cgroupVersion: string | null,
): Container['sharedByDefault'] {
  return cgroupVersion === '1' && hostNamespaces.includes('cgroup') ? ['cgroup'] : [];
}
