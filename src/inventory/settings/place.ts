import type { HostView } from './host-view.ts';
import { mostMounts } from './limits.ts';
import { plainPath } from './path.ts';
import type { ContainerSettings, HostMount, Place } from './settings.ts';

/** A mount as it was asked for, with the paths of the host that it shows; none: nobody can see what it shows. */
export interface AskedMount {
  readonly source: string;
  readonly target: string;
  readonly paths: readonly string[];
}

export type GivenMounts = Pick<ContainerSettings, 'mounts'> & { readonly tooMany: readonly 'mounts'[] };

export const moreMounts: GivenMounts = { mounts: [], tooMany: ['mounts'] };

/** Whether there are more mounts than are judged; the files that the engine makes for a container are none of them. */
export function isTooMany(asked: readonly { readonly source: string }[], { engineRoot = '' }: HostView): boolean {
  const own = asked.filter(({ source }) => engineRoot !== '' && isContainerFile(source, engineRoot)).length;
  return asked.length - Math.min(own, containerFiles) > mostMounts;
}

/** Where mounts lead, all seen at once. Left out are volumes and the files of a container, not what else an engine keeps. */
export async function mountsAt(asked: readonly AskedMount[], host: HostView): Promise<readonly HostMount[]> {
  const places = await host.places([...new Set(asked.flatMap(({ paths }) => paths))]);
  return asked.flatMap(({ source, target, paths }) => {
    if (paths.length === 0) return [{ source, target, place: { kind: 'not-seen' as const } }];
    return paths.flatMap((path) => {
      const place = placeOf(places.get(path), host);
      return place === undefined ? [] : [{ source: path, target, place }];
    });
  });
}

function placeOf(paths: readonly string[] | undefined, { engineRoot }: HostView): Place | undefined {
  if (paths === undefined) return { kind: 'not-seen' };
  const others = engineRoot === undefined ? paths : paths.filter((path) => !isEnginesOwn(path, engineRoot));
  return others.length === 0 ? undefined : { kind: 'paths', paths: others.map(plainPath).toSorted() };
}

/** A whole volume, or what lies in it; or one of the files that the engine makes for a container. */
function isEnginesOwn(path: string, engineRoot: string): boolean {
  const isVolume =
    path.startsWith(`${engineRoot}/`) && /^\/volumes\/[^/]+\/_data(?:\/|$)/.test(path.slice(engineRoot.length));
  return isVolume || isContainerFile(path, engineRoot);
}

/** As many of these as an engine gives to one container. */
const containerFiles = 6;

function isContainerFile(path: string, engineRoot: string): boolean {
  return (
    path.startsWith(`${engineRoot}/`) &&
    /^\/containers\/[0-9a-f]{64}\/(?:hostname|hosts|resolv\.conf|mounts\/(?:shm|secrets|configs))$/.test(
      path.slice(engineRoot.length),
    )
  );
}
