import type { Queries } from '#store/index.ts';
import type { Host } from '../contract.ts';
import { readHosts } from './hosts.ts';
import { hostsWithVisible } from './list-containers.ts';
import type { View } from './view.ts';

/** Hosts that the caller may see, by name: by themselves, or for a container on them. */
export async function readVisibleHosts(queries: Queries, view: View): Promise<readonly Host[]> {
  const hosts = await readHosts(queries);
  if (view === undefined) return hosts;
  const holding = await hostsWithVisible(queries, view);
  return hosts.filter(
    ({ name, environment }) =>
      holding.has(name) ||
      view({ images: [], labels: {}, host: name, ...(environment === undefined ? {} : { environment }) }),
  );
}
