import type { HostNamespace } from '../contract.ts';
import { addedCapabilities } from './capabilities.ts';
import { devicesOf, openedByRules } from './devices.ts';
import type { HostView } from './host-view.ts';
import { kernelFileSystems, systemPathsBy } from './kernel-paths.ts';
import { plainPath } from './path.ts';
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
    systemPaths: systemPathsBy(linux?.maskedPaths ?? [], linux?.readonlyPaths ?? []),
    engineSockets,
  };
}

async function sharedNamespaces({ linux }: RuntimeSpec, host: HostView): Promise<readonly SharedNamespace[]> {
  const shared: SharedNamespace[] = [];
  for (const namespace of namespaces) {
    const own = linux?.namespaces?.find(({ type }) => type === namespace);
    if (own === undefined) shared.push({ namespace, certainty: 'shared' });
    else if (own.path !== undefined && own.path !== null && own.path !== '') {
      // Where another path leads depends on the folder in which its reader works.
      const isHosts = own.path.startsWith('/') ? await host.isHostNamespace(own.path) : undefined;
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

function mountsOf(spec: RuntimeSpec): readonly AskedMount[] {
  return (spec.mounts ?? []).flatMap((mount) => {
    const { destination: target, source } = mount;
    const path = shownBy(mount, spec);
    if (path === undefined) return [];
    return path === '' ? [{ source: source ?? '', target, paths: [] }] : [{ source: path, target, paths: [path] }];
  });
}

type SpecMount = NonNullable<RuntimeSpec['mounts']>[number];

/** The path of the host that a mount shows; `undefined`: nothing of it, empty: nobody can see which. */
function shownBy(mount: SpecMount, spec: RuntimeSpec): string | undefined {
  const { source, type, options } = mount;
  const isWhole = source?.startsWith('/') === true;
  if ([type, ...(options ?? [])].some((word) => word === 'bind' || word === 'rbind')) return isWhole ? source : '';
  const kernel = Object.hasOwn(kernelFileSystems, type ?? '') ? kernelFileSystems[type ?? ''] : undefined;
  if (kernel !== undefined) return isOwnKernel(mount, spec) ? undefined : kernel;
  return isWhole ? source : undefined;
}

/** Whether every container has this file system of the kernel: its own processes, and the rest where it only reads. */
function isOwnKernel({ destination, type, options }: SpecMount, { linux }: RuntimeSpec): boolean {
  const target = plainPath(destination);
  const isReadonly = options?.includes('ro') === true;
  switch (type) {
    case 'proc':
      return target === '/proc';
    case 'sysfs':
      return target === '/sys' && isReadonly;
    case 'cgroup':
    case 'cgroup2': {
      const own = linux?.namespaces?.find((one) => one.type === 'cgroup');
      return target === '/sys/fs/cgroup' && (isReadonly || (own !== undefined && (own.path ?? '') === ''));
    }
    default:
      return false;
  }
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
