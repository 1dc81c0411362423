import { HostNamespace } from '../../contract.ts';
import type { EngineView, HostView, NamedContainer } from '../../settings/index.ts';
import type { AskEngine } from './ask-engine.ts';
import { EngineInfo, InspectedContainer, InspectedVolume } from './schema.ts';

/** How deep `container:NAME` may name a container that names another one. */
const deepest = 8;

/** What an engine adds to one request. Rejects with `docker-unavailable`. */
export async function engineView(ask: AskEngine, host: HostView): Promise<EngineView> {
  const info = await ask('/info', EngineInfo);
  const options = (info?.SecurityOptions ?? []).map((option) => option.split(','));
  const option = (name: string): readonly string[] | undefined => options.find(([first]) => first === `name=${name}`);
  const seccomp = option('seccomp');
  const remapsUsers = option('userns') !== undefined || option('rootless') !== undefined;
  const inspect = askedOnce((name) => ask(`/containers/${encodeURIComponent(name)}/json`, InspectedContainer));
  const volume = askedOnce((name) => ask(`/volumes/${encodeURIComponent(name)}`, InspectedVolume));
  return {
    host,
    remapsUsers,
    cgroupNamespace: option('cgroupns') === undefined ? 'host' : 'private',
    seccomp: seccomp === undefined || seccomp.includes('profile=unconfined') ? 'off' : 'on',
    container: (name) => namedContainer(name, { inspect, remapsUsers }),
    async volume(name) {
      const found = await volume(name);
      return found === undefined ? undefined : { driver: found.Driver, options: found.Options ?? {} };
    },
  };
}

/** Each name is asked about once, however many name it. */
function askedOnce<T>(ask: (name: string) => Promise<T>): (name: string) => Promise<T> {
  const known = new Map<string, Promise<T>>();
  return (name) => {
    const answer = known.get(name) ?? ask(name);
    known.set(name, answer);
    return answer;
  };
}

interface Naming {
  readonly inspect: (name: string) => Promise<InspectedContainer | undefined>;
  readonly remapsUsers: boolean;
}

async function namedContainer(name: string, naming: Naming): Promise<NamedContainer | undefined> {
  const found = await naming.inspect(name);
  if (found === undefined) return undefined;
  const modes = modesOf(found, naming);
  const hostNamespaces: HostNamespace[] = [];
  for (const namespace of HostNamespace.options) {
    if (await isHosts(namespace, modes[namespace], naming)) hostNamespaces.push(namespace);
  }
  const mounts = (found.Mounts ?? []).map(({ Type, Name, Source, Destination }) => ({
    kind: Type === 'volume' ? ('volume' as const) : ('bind' as const),
    source: Type === 'volume' ? Name : Source,
    target: Destination,
  }));
  return { hostNamespaces, mounts: mounts.filter(({ source }) => source !== '') };
}

function modesOf({ HostConfig }: InspectedContainer, { remapsUsers }: Naming): Readonly<Record<HostNamespace, string>> {
  const { PidMode, NetworkMode, IpcMode, UTSMode, UsernsMode, CgroupnsMode } = HostConfig;
  return {
    pid: PidMode,
    network: NetworkMode,
    ipc: IpcMode,
    uts: UTSMode,
    user: remapsUsers ? UsernsMode : 'host',
    cgroup: CgroupnsMode,
  };
}

/** Follows one namespace from container to container; one that cannot be followed to its end counts as the host's. */
async function isHosts(namespace: HostNamespace, first: string, naming: Naming): Promise<boolean> {
  let mode = first;
  for (let depth = 0; mode.startsWith('container:'); depth += 1) {
    const other = depth < deepest ? await naming.inspect(mode.slice('container:'.length)) : undefined;
    if (other === undefined) return true;
    mode = modesOf(other, naming)[namespace];
  }
  return mode === 'host';
}
