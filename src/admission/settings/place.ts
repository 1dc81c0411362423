import type { HostView } from './host-view.ts';
import { holdsPath, plainPath } from './path.ts';
import type { HostMount, Place } from './settings.ts';

/** Where a mount of a path of the host leads; `undefined` where it is the engine's own: its volumes, its files for a container. */
export async function mountOf(
  { source, target }: Pick<HostMount, 'source' | 'target'>,
  host: HostView,
): Promise<HostMount | undefined> {
  const place = await placeOf(source, host);
  return place === undefined ? undefined : { source, target, place };
}

async function placeOf(source: string, host: HostView): Promise<Place | undefined> {
  const paths = await host.places(source);
  if (paths === undefined) return { kind: 'not-seen' };
  const { engineRoot } = host;
  const isOwn = engineRoot !== undefined && paths.some((path) => isEnginesOwn(path, engineRoot));
  const others = isOwn ? paths.filter((path) => !holdsPath(engineRoot, path)) : paths;
  return others.length === 0 ? undefined : { kind: 'paths', paths: others.map(plainPath).toSorted() };
}

/** A whole volume, or what lies in it; or one of the files that the engine makes for a container. */
function isEnginesOwn(path: string, engineRoot: string): boolean {
  if (!path.startsWith(`${engineRoot}/`)) return false;
  const rest = path.slice(engineRoot.length + 1);
  return (
    /^volumes\/[^/]+\/_data(?:\/|$)/.test(rest) ||
    /^containers\/[0-9a-f]{64}\/(?:hostname|hosts|resolv\.conf|mounts\/(?:shm|secrets|configs))$/.test(rest)
  );
}
