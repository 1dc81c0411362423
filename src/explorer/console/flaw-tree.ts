import { sql } from 'kysely';
import type { SubjectId } from '#base/index.ts';
import type { HandlerInput, ReplyOf } from '#http/index.ts';
import type { Queries } from '#store/index.ts';
import type { getFlawTree } from '../contract.ts';
import { flawKey } from './finding-rows.ts';
import { everywhere } from './image-environment.ts';
import { byPlace, environmentOf } from './placements.ts';
import { explorerSchema } from './schema.ts';
import { inScope, readScope, type Scope, type Viewer } from './scope.ts';

type Query = HandlerInput<typeof getFlawTree>['query'];
type Tree = ReplyOf<typeof getFlawTree>;
type Leaf = Tree['images'][number];

/** Of each level. */
const shown = 100;

interface TreeImage {
  readonly subject: SubjectId;
  readonly label: string;
  readonly installed: string;
  readonly fixed: string | null;
  readonly risk: number;
  readonly seen: Date | null;
  readonly applications: readonly string[];
  readonly total: number;
}

/** Answers `getFlawTree`. One line for each image: of several findings of the flaw in it, the one with the highest risk. */
export async function readFlawTree(
  queries: Queries,
  { query, principal }: { readonly query: Query; readonly principal?: Viewer },
): Promise<Tree> {
  const scope = await readScope(queries, query, principal);
  const database = queries.query(explorerSchema);
  const held = sql`explorer.finding_place as held
    where flaw = ${flawKey({ id: query.flaw, package: query.package, type: query.type })}::uuid and ${inScope(scope)}`;
  const counted = await sql<{ total: number }>`select count(distinct image)::int as total from ${held}`.execute(
    database,
  );
  const { rows } = await sql<TreeImage>`
    with image as (
      select distinct on (image) image, key, risk from ${held} order by image, risk desc, severity, key)
    select row.subject, label, installed, fixed, image.risk, used.seen,
      array(select name from explorer.application_row as own where own.subject = row.subject order by name) as applications,
      (select coalesce(sum(containers), 0)::int from explorer.image_environment
        where image_environment.image = image.image and place = ${scope.place}) as total
    from image join explorer.finding using (key) join explorer.image_row as row on row.number = image.image
      left join explorer.used_package as used on used.image = image.image and used.place = ${scope.place}
        and used.purl = finding.purl and used.layer = finding.layer
    order by image.risk desc, label, row.subject limit ${shown}`.execute(database);
  const where = await readWhere(queries, scope, rows);
  return { total: counted.rows[0]?.total ?? 0, images: rows.map((row) => toLeaf(row, where)) };
}

interface Where {
  readonly containers: ReadonlyMap<SubjectId, Leaf['containers']>;
  readonly hosts: ReadonlyMap<SubjectId, Leaf['hosts']>;
}

async function readWhere(queries: Queries, { place }: Scope, images: readonly TreeImage[]): Promise<Where> {
  const database = queries.query(explorerSchema);
  const subjects = sql`any(${images.map((image) => image.subject)}::text[])`;
  const containers = await sql<{
    subject: SubjectId;
    id: string;
    name: string;
    host: string;
    place: string;
    stale: boolean;
  }>`
    select subject, id, name, host, environment as place, stale from (
      select subject, id, name, host, container.environment, coalesce(stale, false) as stale,
        row_number() over (partition by subject order by container.environment, host, name, id) as place
      from explorer.container_row as container left join explorer.host_row using (host)
      where subject = ${subjects} and (${place === everywhere} or container.environment = ${place})) as numbered
    where numbered.place <= ${shown} order by numbered.place`.execute(database);
  const hosts = await sql<{ subject: SubjectId; host: string; place: string }>`
    select subject, host, environment as place from (
      select subject, host, environment, row_number() over (partition by subject order by host) as place
      from explorer.presence_row where subject = ${subjects}) as numbered
    where numbered.place <= ${shown} order by numbered.place`.execute(database);
  return {
    containers: grouped(containers.rows.toSorted(byPlace), ({ id, name, host, place: at, stale }) => ({
      id,
      name,
      host,
      ...environmentOf(at),
      stale,
    })),
    hosts: grouped(hosts.rows.toSorted(byPlace), ({ host, place: at }) => ({ host, ...environmentOf(at) })),
  };
}

function grouped<Row extends { readonly subject: SubjectId }, Value>(
  rows: readonly Row[],
  valueOf: (row: Row) => Value,
): ReadonlyMap<SubjectId, Value[]> {
  const found = Map.groupBy(rows, (row) => row.subject);
  return new Map([...found].map(([subject, all]) => [subject, all.map(valueOf)]));
}

function toLeaf({ subject, label, installed, fixed, risk, seen, applications, total }: TreeImage, where: Where): Leaf {
  return {
    subject,
    image: label,
    installed,
    ...(fixed === null ? {} : { fixed }),
    risk,
    ...(seen === null ? {} : { inUse: seen.toISOString() }),
    applications: [...applications],
    total,
    containers: where.containers.get(subject) ?? [],
    hosts: where.hosts.get(subject) ?? [],
  };
}
