import {
  addedByWords,
  type ContainerSettings,
  type GivenMounts,
  type HostMount,
  moreMounts,
  mostMounts,
  plainPath,
  type SharedNamespace,
  usualSockets,
} from '#inventory/index.ts';
import type { Container, PodSpec } from './schema.ts';

/** Sockets of engines on a node by the paths that they have there: `/var/run` leads to `/run`. */
const sockets: readonly string[] = usualSockets.flatMap((path) => [path, `/var${path}`]);

/**
 * What a container of a pod gets of its node, defaults of Kubernetes included, as far as the pod says it. Links on the
 * node, claims of volumes and profiles that lie on the node are not seen from here; the runtime's own gate sees them.
 */
export function podSettings(spec: PodSpec, container: Container): ContainerSettings {
  const { capabilities } = container.securityContext ?? {};
  const privileged = isPrivileged(spec, container);
  return {
    everyDevice: privileged,
    hostNamespaces: namespacesOf(spec, privileged),
    addedCapabilities: addedByWords({
      add: capabilities?.add ?? [],
      drop: capabilities?.drop ?? [],
      privileged: privileged ? 'yes' : 'no',
    }),
    ...givenMounts(spec, container),
    devices: [],
    seccomp: seccompOf(spec, container, privileged),
    systemPaths: privileged || container.securityContext?.procMount === 'Unmasked' ? 'open' : 'closed',
    engineSockets: sockets,
  };
}

function isPrivileged(spec: PodSpec, { securityContext }: Container): boolean {
  const hostProcess = securityContext?.windowsOptions?.hostProcess ?? spec.securityContext?.windowsOptions?.hostProcess;
  return securityContext?.privileged === true || hostProcess === true;
}

/** On the node's network a container has its host name too, and a privileged one sees the node's cgroups. */
function namespacesOf(spec: PodSpec, privileged: boolean): readonly SharedNamespace[] {
  const shared = [
    ...(spec.hostPID === true ? (['pid'] as const) : []),
    ...(spec.hostNetwork === true ? (['network', 'uts'] as const) : []),
    ...(spec.hostIPC === true ? (['ipc'] as const) : []),
    ...(spec.hostUsers === false ? [] : (['user'] as const)),
    ...(privileged ? (['cgroup'] as const) : []),
  ];
  return shared.map((namespace) => ({ namespace, certainty: 'shared' }));
}

/** What is not asked for is off: kubelets run containers unconfined unless they are set up otherwise. */
function seccompOf(spec: PodSpec, { securityContext }: Container, privileged: boolean): ContainerSettings['seccomp'] {
  if (privileged) return 'off';
  const type = (securityContext?.seccompProfile ?? spec.securityContext?.seccompProfile)?.type;
  return type === 'RuntimeDefault' || type === 'Localhost' ? 'on' : 'off';
}

function givenMounts(spec: PodSpec, { volumeMounts, volumeDevices }: Container): GivenMounts {
  const paths = hostPathsOf(spec);
  const devices = (volumeDevices ?? []).map(({ name, devicePath }) => ({ name, mountPath: devicePath }));
  const given = [...(volumeMounts ?? []), ...devices];
  if (given.length > mostMounts) return moreMounts;
  const mounts = given.flatMap((mount): HostMount[] => {
    const path = paths.get(mount.name);
    if (path === undefined) return [];
    // An expression is filled in on the node, and may name anything in the folder.
    const source = 'subPath' in mount && mount.subPath ? `${path}/${mount.subPath}` : path;
    return [{ source, target: mount.mountPath, place: { kind: 'paths', paths: pathsOf(source) } }];
  });
  return { mounts, tooMany: [] };
}

const hostPaths = new WeakMap<PodSpec, ReadonlyMap<string, string>>();

/** Folders of the node by the names of a pod's volumes, found once for all its containers. */
function hostPathsOf(spec: PodSpec): ReadonlyMap<string, string> {
  const known =
    hostPaths.get(spec) ??
    new Map((spec.volumes ?? []).flatMap(({ name, hostPath }) => (hostPath ? [[name, hostPath.path]] : [])));
  hostPaths.set(spec, known);
  return known;
}

function pathsOf(source: string): readonly string[] {
  const path = plainPath(source);
  const linked = path.replace(/^\/var\/run(?=\/|$)/, '/run');
  return [...new Set([path, linked])].toSorted();
}
