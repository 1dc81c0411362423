import { sql } from 'kysely';
import type { Queries } from '#store/index.ts';
import type { VerdictKind } from '#policy/index.ts';
import type { Placement } from '../contract.ts';
import { environmentKind } from '../risk-in-context.ts';
import { unnamed } from './image-environment.ts';
import { explorerSchema } from './schema.ts';
import type { ImageNumber, EnvironmentKey } from './tables.ts';

/** Where images lie, prod first; one that lies nowhere has none. */
export async function readPlacements(
  queries: Queries,
  images: readonly ImageNumber[],
): Promise<ReadonlyMap<ImageNumber, readonly Placement[]>> {
  const { rows } = await sql<{
    image: ImageNumber;
    environment: EnvironmentKey;
    hosts: number;
    containers: number;
    verdict: VerdictKind | null;
    stale: boolean;
  }>`
    select image, environment, image_environment.hosts, containers, verdict, exists (
      select from explorer.presence_row as lies join explorer.host_row using (host)
      where lies.subject = row.subject and host_row.stale and (lies.environment = image_environment.environment or exists (
        select from explorer.container_row as runs
        where runs.subject = row.subject and runs.host = lies.host and runs.environment = image_environment.environment))) as stale
    from explorer.image_environment join explorer.image_row as row on row.number = image
    where image = any(${[...new Set(images)]}::int[]) and environment <> '*' and image_environment.hosts > 0`.execute(
    queries.query(explorerSchema),
  );
  const found = Map.groupBy(rows, (row) => row.image);
  return new Map(
    [...found].map(([image, environments]) => [
      image,
      environments.toSorted(byEnvironment).map(({ environment, hosts, containers, verdict, stale }) => ({
        ...environmentOf(environment),
        hosts,
        containers,
        ...(verdict === null ? {} : { verdict }),
        stale,
      })),
    ]),
  );
}

/** Prod first, then by name, what has no name last. */
export function byEnvironment(left: InEnvironment, right: InEnvironment): number {
  const [a, b] = [left.environment, right.environment];
  return rank(a) - rank(b) || (a < b ? -1 : a > b ? 1 : 0);
}

interface InEnvironment {
  readonly environment: EnvironmentKey;
}

function rank(environment: EnvironmentKey): number {
  if (environment === unnamed) return 2;
  return environmentKind(environment) === 'production' ? 0 : 1;
}

/** An environment as contracts name it. */
export function environmentOf(environment: EnvironmentKey): { readonly environment?: string } {
  return environment === unnamed ? {} : { environment };
}
