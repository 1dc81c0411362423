import { oneLine } from '#base/index.ts';
import type { ContainerFact } from '../../../contract.ts';
import type { InspectedContainer } from './schema.ts';

type Mount = ContainerFact['mounts'][number];

/**
 * Everything mounted into a container. The engine lists binds and volumes in one place, `--tmpfs` in another, and what
 * `--mount` asked for in a third until the container starts. Volumes are named by their name, binds by the host's path.
 */
export function mountsOf({ Mounts: mounted, HostConfig: host }: InspectedContainer): Mount[] {
  const found = new Map<string, Mount>();
  const add = (mount: Mount): void => {
    if (!found.has(mount.target)) found.set(mount.target, mount);
  };
  for (const { Type, Name, Source, Destination, RW } of mounted ?? []) {
    const kind = kindOf(Type);
    add(mountOf({ kind, source: kind === 'volume' && Name !== '' ? Name : Source, target: Destination, writable: RW }));
  }
  for (const { Type, Source, Target, ReadOnly } of host.Mounts ?? [])
    add(mountOf({ kind: kindOf(Type), source: Source, target: Target, writable: !ReadOnly }));
  for (const [target, options] of Object.entries(host.Tmpfs ?? {}))
    add(mountOf({ kind: 'tmpfs', source: '', target, writable: !options.split(',').includes('ro') }));
  return [...found.values()].slice(0, 1000);
}

function kindOf(type: string): Mount['kind'] {
  return type === 'bind' || type === 'volume' || type === 'tmpfs' ? type : 'other';
}

function mountOf({ kind, source, target, writable }: Mount): Mount {
  return { kind, source: oneLine(source, 4096), target: oneLine(target, 4096), writable };
}
