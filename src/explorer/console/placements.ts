import { sql } from 'kysely';
import type { Queries } from '#store/index.ts';
import type { VerdictKind } from '#policy/index.ts';
import type { Placement } from '../contract.ts';
import { environmentKind } from '../risk-in-context.ts';
import { unnamed } from './image-environment.ts';
import { explorerSchema } from './schema.ts';
import type { ImageNumber, Place } from './tables.ts';

/** Where images lie, prod first; one that lies nowhere has none. */
export async function readPlacements(
  queries: Queries,
  images: readonly ImageNumber[],
): Promise<ReadonlyMap<ImageNumber, readonly Placement[]>> {
  const { rows } = await sql<{
    image: ImageNumber;
    place: Place;
    hosts: number;
    containers: number;
    verdict: VerdictKind | null;
    stale: boolean;
  }>`
    select image, place, image_environment.hosts, containers, verdict, exists (
      select from explorer.presence_row as lies join explorer.host_row using (host)
      where lies.subject = row.subject and host_row.stale and (lies.environment = place or exists (
        select from explorer.container_row as runs
        where runs.subject = row.subject and runs.host = lies.host and runs.environment = place))) as stale
    from explorer.image_environment join explorer.image_row as row on row.number = image
    where image = any(${[...new Set(images)]}::int[]) and place <> '*' and image_environment.hosts > 0`.execute(
    queries.query(explorerSchema),
  );
  const found = Map.groupBy(rows, (row) => row.image);
  return new Map(
    [...found].map(([image, places]) => [
      image,
      places.toSorted(byPlace).map(({ place, hosts, containers, verdict, stale }) => ({
        ...environmentOf(place),
        hosts,
        containers,
        ...(verdict === null ? {} : { verdict }),
        stale,
      })),
    ]),
  );
}

/** Prod first, then by name, what has no name last. */
export function byPlace(left: { readonly place: Place }, right: { readonly place: Place }): number {
  return rank(left.place) - rank(right.place) || (left.place < right.place ? -1 : left.place > right.place ? 1 : 0);
}

function rank(place: Place): number {
  if (place === unnamed) return 2;
  return environmentKind(place) === 'production' ? 0 : 1;
}

/** A place as contracts name it. */
export function environmentOf(place: Place): { readonly environment?: string } {
  return place === unnamed ? {} : { environment: place };
}
