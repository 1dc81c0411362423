import type { HostNamespace } from '../../contract.ts';
import type { EngineView, HostView, NamedContainer } from '../../settings/index.ts';
import type { AskEngine } from './engine.ts';
import { EngineInfo, InspectedContainer, InspectedVolume } from './schema.ts';

/** How deep `container:NAME` may name a container that names another one. */
const deepest = 8;

/** What an engine adds to requests, asked anew for each. Rejects with `docker-unavailable`. */
export async function engineView(ask: AskEngine, host: HostView): Promise<EngineView> {
  const info = await ask('/info', EngineInfo);
  const options = (info?.SecurityOptions ?? []).map((option) => option.split(','));
  const option = (name: string): readonly string[] | undefined => options.find(([first]) => first === `name=${name}`);
  const seccomp = option('seccomp');
  const remapsUsers = option('userns') !== undefined || option('rootless') !== undefined;
  return {
    host,
    remapsUsers,
    cgroupNamespace: option('cgroupns') === undefined ? 'host' : 'private',
    seccomp: seccomp === undefined || seccomp.includes('profile=unconfined') ? 'off' : 'on',
    container: (name) => namedContainer(name, { ask, remapsUsers, depth: deepest }),
    async volume(name) {
      const found = await ask(`/volumes/${encodeURIComponent(name)}`, InspectedVolume);
      return found === undefined ? undefined : { driver: found.Driver, options: found.Options ?? {} };
    },
  };
}

interface Naming {
  readonly ask: AskEngine;
  readonly remapsUsers: boolean;
  readonly depth: number;
}

async function namedContainer(name: string, naming: Naming): Promise<NamedContainer | undefined> {
  const found = await naming.ask(`/containers/${encodeURIComponent(name)}/json`, InspectedContainer);
  if (found === undefined) return undefined;
  const { PidMode, NetworkMode, IpcMode, UTSMode, UsernsMode, CgroupnsMode } = found.HostConfig;
  const modes: readonly (readonly [HostNamespace, string])[] = [
    ['pid', PidMode],
    ['network', NetworkMode],
    ['ipc', IpcMode],
    ['uts', UTSMode],
    ['user', naming.remapsUsers ? UsernsMode : 'host'],
    ['cgroup', CgroupnsMode],
  ];
  const hostNamespaces: HostNamespace[] = [];
  for (const [namespace, mode] of modes) {
    if (await isHosts(namespace, { mode, naming })) hostNamespaces.push(namespace);
  }
  const mounts = (found.Mounts ?? []).map(({ Type, Name, Source, Destination }) => ({
    kind: Type === 'volume' ? ('volume' as const) : ('bind' as const),
    source: Type === 'volume' ? Name : Source,
    target: Destination,
  }));
  return { hostNamespaces, mounts: mounts.filter(({ source }) => source !== '') };
}

/** One that cannot be followed to its end counts as the host's. */
async function isHosts(
  namespace: HostNamespace,
  { mode, naming }: { readonly mode: string; readonly naming: Naming },
): Promise<boolean> {
  if (mode === 'host' || !mode.startsWith('container:')) return mode === 'host';
  if (naming.depth === 0) return true;
  const other = await namedContainer(mode.slice('container:'.length), { ...naming, depth: naming.depth - 1 });
  return other === undefined || other.hostNamespaces.includes(namespace);
}
