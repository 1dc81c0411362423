import type { HostNamespace } from '../contract.ts';
import { addedCapabilities } from './capabilities.ts';
import { devicesOf, openedByRules } from './devices.ts';
import type { HostView } from './host-view.ts';
import { type AskedMount, type GivenMounts, isTooMany, moreMounts, mountsAt } from './place.ts';
import type { RuntimeSpec } from './schema.ts';
import { seccompBy } from './seccomp.ts';
import type { ContainerSettings, HostDevice, SharedNamespace } from './settings.ts';

const namespaces: readonly HostNamespace[] = ['pid', 'network', 'ipc', 'uts', 'user', 'cgroup'];

/** Settings as a runtime gets them: `config.json` of a bundle. */
export async function settingsOfSpec(spec: RuntimeSpec, host: HostView): Promise<ContainerSettings> {
  const { linux, process } = spec;
  const { bounding, effective, inheritable, permitted, ambient } = process?.capabilities ?? {};
  const { everyDevice, devices: opened } = openedByRules(linux?.resources?.devices ?? []);
  const [hostNamespaces, given, devices, engineSockets] = await Promise.all([
    sharedNamespaces(spec, host),
    mountsOfSpec(spec, host),
    devicesOf(everyDevice ? [] : [...opened, ...filesOf(spec)], host),
    host.sockets(),
  ]);
  return {
    everyDevice,
    hostNamespaces,
    addedCapabilities: addedCapabilities(
      [bounding, effective, inheritable, permitted, ambient].flatMap((names) => names ?? []),
    ),
    mounts: given.mounts,
    tooMany: [...given.tooMany, ...devices.tooMany],
    devices: devices.devices,
    seccomp: linux?.seccomp === undefined || linux.seccomp === null ? 'off' : seccompBy(linux.seccomp.defaultAction),
    engineSockets,
  };
}

async function sharedNamespaces({ linux }: RuntimeSpec, host: HostView): Promise<readonly SharedNamespace[]> {
  const shared: SharedNamespace[] = [];
  for (const namespace of namespaces) {
    const own = linux?.namespaces?.find(({ type }) => type === namespace);
    if (own === undefined) shared.push({ namespace, certainty: 'shared' });
    else if (own.path !== undefined && own.path !== null && own.path !== '') {
      const isHosts = await host.isHostNamespace(own.path);
      if (isHosts !== false) shared.push({ namespace, certainty: isHosts === true ? 'shared' : 'not-seen' });
    }
  }
  return shared;
}

async function mountsOfSpec(spec: RuntimeSpec, host: HostView): Promise<GivenMounts> {
  const asked = mountsOf(spec);
  if (isTooMany(asked, host)) return moreMounts;
  return { mounts: await mountsAt(asked, host), tooMany: [] };
}

function mountsOf({ mounts }: RuntimeSpec): readonly AskedMount[] {
  return (mounts ?? []).flatMap(({ destination: target, source, type, options }) => {
    const isBound = [type, ...(options ?? [])].some((word) => word === 'bind' || word === 'rbind');
    if (!isBound && source?.startsWith('/') !== true) return [];
    const path = source ?? '';
    return [{ source: path, target, paths: path === '' ? [] : [path] }];
  });
}

/** Devices that it is given as files; the usual ones are made by the runtime itself and stand in no spec. */
function filesOf({ linux }: RuntimeSpec): HostDevice[] {
  return (linux?.devices ?? [])
    .filter(({ type }) => type !== 'p')
    .map(({ type, major, minor }) => ({
      type: type === 'b' ? 'block' : 'character',
      major: major ?? undefined,
      minor: minor ?? undefined,
    }));
}
