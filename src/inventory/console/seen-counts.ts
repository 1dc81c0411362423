import type { Queries } from '#store/index.ts';
import type { Host } from '../contract.ts';
import { visibleContainers } from './list-containers.ts';
import { inventorySchema } from './schema.ts';
import type { View } from './view.ts';

/** These hosts, each with the numbers of what on it the caller may see. */
export async function withSeenCounts(queries: Queries, hosts: readonly Host[], view: View): Promise<readonly Host[]> {
  if (view === undefined) return hosts;
  const seen: Host[] = [];
  for (const host of hosts) seen.push({ ...host, counts: await countSeen(queries, host, view) });
  return seen;
}

/** An image is seen by its names on the host, or for a container of it. What has no scan is known by its name alone. */
async function countSeen(
  queries: Queries,
  { name, environment }: Host,
  view: NonNullable<View>,
): Promise<Host['counts']> {
  const run = new Set<string>();
  let [running, containers] = [0, 0];
  for await (const some of visibleContainers(queries, { host: name }, view)) {
    for (const { up, there, imageId } of some) {
      running += up ? 1 : 0;
      containers += there ? 1 : 0;
      run.add(imageId);
    }
  }
  const isSeen = (images: readonly string[]): boolean =>
    view({ images, labels: {}, host: name, ...(environment === undefined ? {} : { environment }) });
  const { images, unscanned } = await readNames(queries, name);
  return {
    images: images.filter(({ id, names }) => run.has(id) || isSeen(names)).length,
    running,
    containers,
    unscanned: unscanned.filter((target) => isSeen([target.name])).length,
  };
}

async function readNames(queries: Queries, host: string) {
  const database = queries.query(inventorySchema);
  const [images, unscanned] = [
    await database
      .selectFrom('image')
      .select(['id', 'names'])
      .where('host', '=', host)
      .where('gone_at', 'is', null)
      .execute(),
    await database.selectFrom('unscanned').select('name').where('host', '=', host).execute(),
  ];
  return { images, unscanned };
}
