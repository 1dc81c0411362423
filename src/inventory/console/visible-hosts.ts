import type { Queries } from '#store/index.ts';
import type { Host } from '../contract.ts';
import { limits } from '../limits.ts';
import { type ListedHost, readHosts, readListedHosts } from './hosts.ts';
import { visibleContainers } from './list-containers.ts';
import type { View } from './view.ts';

/** Which of the hosts that somebody may see, in order of their names. */
export interface HostPage {
  /** In the name, in any case. */
  readonly search?: string | undefined;
  readonly limit: number;
  readonly offset: number;
}

/** Hosts that the caller may see, by name: by themselves, or for a container on them. */
export async function readVisibleHosts(
  queries: Queries,
  view: View,
  page: HostPage = { limit: limits.hostsListed.value, offset: 0 },
): Promise<readonly Host[]> {
  return (await readHostPage(queries, view, page)).hosts;
}

/** A part of the hosts that the caller may see, and how many there are. */
export async function readHostPage(
  queries: Queries,
  view: View,
  { search = '', limit, offset }: HostPage,
): Promise<{ readonly total: number; readonly hosts: readonly Host[] }> {
  const wanted = search.toLowerCase();
  const names = await visibleNames(queries, view, (name) => name.toLowerCase().includes(wanted));
  return { total: names.length, hosts: await readHosts(queries, names.slice(offset, offset + limit)) };
}

async function visibleNames(
  queries: Queries,
  view: View,
  isWanted: (name: string) => boolean,
): Promise<readonly string[]> {
  const listed = (await readListedHosts(queries)).filter(({ name }) => isWanted(name));
  if (view === undefined) return listed.map(({ name }) => name);
  const visible: string[] = [];
  for (const host of listed) if (await isVisible(queries, view, host)) visible.push(host.name);
  return visible;
}

/** Reads containers of the host only as far as none was visible. */
async function isVisible(
  queries: Queries,
  view: NonNullable<View>,
  { name, environment }: ListedHost,
): Promise<boolean> {
  if (view({ images: [], labels: {}, host: name, ...(environment === undefined ? {} : { environment }) })) return true;
  for await (const some of visibleContainers(queries, { host: name }, view)) if (some.length > 0) return true;
  return false;
}
