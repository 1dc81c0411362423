import type { HostNamespace } from '../contract.ts';
import { addedCapabilities } from './capabilities.ts';
import { openedByRules, withPaths } from './devices.ts';
import type { HostView } from './host-view.ts';
import { mountOf } from './place.ts';
import type { RuntimeSpec } from './schema.ts';
import { seccompBy } from './seccomp.ts';
import type { ContainerSettings, HostDevice, HostMount, SharedNamespace } from './settings.ts';

const namespaces: readonly HostNamespace[] = ['pid', 'network', 'ipc', 'uts', 'user', 'cgroup'];

/** Settings as a runtime gets them: `config.json` of a bundle. */
export async function settingsOfSpec(spec: RuntimeSpec, host: HostView): Promise<ContainerSettings> {
  const { linux, process } = spec;
  const { everyDevice, devices } = openedByRules(linux?.resources?.devices ?? []);
  const { bounding, effective, inheritable, permitted, ambient } = process?.capabilities ?? {};
  return {
    everyDevice,
    hostNamespaces: await sharedNamespaces(spec, host),
    addedCapabilities: addedCapabilities(
      [bounding, effective, inheritable, permitted, ambient].flatMap((names) => names ?? []),
    ),
    mounts: await mountsOf(spec, host),
    devices: everyDevice ? [] : await withPaths([...devices, ...filesOf(spec)], host),
    seccomp: linux?.seccomp === undefined || linux.seccomp === null ? 'off' : seccompBy(linux.seccomp.defaultAction),
    engineSockets: await host.sockets(),
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

async function mountsOf({ mounts }: RuntimeSpec, host: HostView): Promise<readonly HostMount[]> {
  const found: HostMount[] = [];
  for (const { destination: target, source, type, options } of mounts ?? []) {
    const isBound = [type, ...(options ?? [])].some((word) => word === 'bind' || word === 'rbind');
    if (!isBound && source?.startsWith('/') !== true) continue;
    const mount = await mountOf({ source: source ?? '', target }, host);
    if (mount !== undefined) found.push(mount);
  }
  return found;
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
