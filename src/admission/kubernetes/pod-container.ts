import { byDefault, type Field, type FieldsOf, known, missing } from '#base/index.ts';
import {
  capabilityName,
  type ContainerMount,
  type ContainerSettings,
  type ContainerShape,
  foldersOf,
  grantedByWords,
  notSeenBy,
  plainPath,
  type PublishedPort,
} from '#inventory/index.ts';
import { podSettings } from './pod-settings.ts';
import type { Container, PodSpec } from './schema.ts';

/** A container of a pod as checks read it, as far as its manifest says: the node, and limits that the kubelet sets, are not seen from here. */
export function podContainer(spec: PodSpec, container: Container): FieldsOf<ContainerShape> {
  const settings = podSettings(spec, container);
  const capabilities = known(capabilitiesOf(settings, container), 'securityContext.capabilities');
  return {
    ...notSeen(),
    privileged: known(settings.everyDevice, 'securityContext.privileged'),
    everyDevice: known(settings.everyDevice, 'securityContext.privileged'),
    devices: known(settings.devices, 'securityContext.privileged'),
    hostNamespaces: known(settings.hostNamespaces, 'hostPID, hostNetwork, hostIPC, hostUsers'),
    capabilities,
    declaredCapabilities: capabilities,
    seccomp: known(settings.seccomp, 'securityContext.seccompProfile'),
    seccompProfile: profileOf(settings, spec, container),
    systemPaths: known(settings.systemPaths, 'securityContext.procMount'),
    noNewPrivileges: known(
      container.securityContext?.allowPrivilegeEscalation === false,
      'securityContext.allowPrivilegeEscalation',
    ),
    writableCgroups: known(settings.everyDevice, 'securityContext.privileged'),
    sysctls: known(namesOf(spec.securityContext?.sysctls ?? []), 'securityContext.sysctls'),
    ...mountsOf(settings, container),
    engineFolders: byDefault(foldersOf(undefined), 'usual folders', 'engine'),
    engineSockets: byDefault(settings.engineSockets, 'usual sockets', 'engine'),
    engineGroups: byDefault(['root', 'docker'], 'usual names', 'engine'),
    readonlyRoot: known(
      container.securityContext?.readOnlyRootFilesystem === true,
      'securityContext.readOnlyRootFilesystem',
    ),
    ports: known(portsOf(container), 'ports'),
    publishAll: known(false, 'ports'),
    links: known([], 'ports'),
    extraHosts: known(
      (spec.hostAliases ?? []).flatMap(({ hostnames }) => (hostnames ?? []).map((name) => name.toLowerCase())),
      'hostAliases',
    ),
    ...limitsOf(container),
    swarmTask: known(false, 'kind'),
    groups: known(groupsOf(spec), 'securityContext.supplementalGroups, securityContext.fsGroup'),
  };
}

/** Everything that a pod has no place for. */
function notSeen(): FieldsOf<ContainerShape> {
  const field = missing('a pod does not say this; its node does');
  return Object.fromEntries(notSeenBy.pod.map((name) => [name, field])) as FieldsOf<ContainerShape>;
}

function capabilitiesOf({ everyDevice }: ContainerSettings, { securityContext }: Container): readonly string[] {
  const { add, drop } = securityContext?.capabilities ?? {};
  const words = { add: add ?? [], drop: drop ?? [], privileged: everyDevice ? 'yes' : 'no' } as const;
  return grantedByWords(words).map(capabilityName);
}

/** A profile that lies on the node is not seen. */
function profileOf({ seccomp }: ContainerSettings, spec: PodSpec, { securityContext }: Container): Field<string> {
  const at = 'securityContext.seccompProfile';
  if (seccomp === 'off') return known('unconfined', at);
  const type = (securityContext?.seccompProfile ?? spec.securityContext?.seccompProfile)?.type;
  return type === 'Localhost' ? missing('the profile lies on the node') : known('default', at);
}

function namesOf(parameters: readonly { readonly name: string }[]): readonly string[] {
  return parameters.map(({ name }) => name).toSorted();
}

function mountsOf({ mounts, tooMany }: ContainerSettings, { volumeMounts }: Container) {
  const asked = volumeMounts ?? [];
  const at = 'volumes, volumeMounts';
  if (tooMany.includes('mounts')) {
    const more = missing('it has more mounts than are looked at');
    return { mounts: more, propagations: more };
  }
  const readonly = new Set(asked.flatMap((one) => (one.readOnly === true ? [plainPath(one.mountPath)] : [])));
  const writable = mounts.map(
    (mount): ContainerMount => ({ ...mount, writable: !readonly.has(plainPath(mount.target)) }),
  );
  const propagations = asked.flatMap(({ mountPath, mountPropagation }) => {
    const mode = propagationModes[mountPropagation ?? ''];
    return mode === undefined ? [] : [{ target: mountPath, mode }];
  });
  return { mounts: known(writable, at), propagations: known(propagations, 'volumeMounts.mountPropagation') };
}

const propagationModes: Readonly<Record<string, 'shared' | 'slave' | undefined>> = {
  Bidirectional: 'shared',
  HostToContainer: 'slave',
};

function portsOf({ ports }: Container): readonly PublishedPort[] {
  return (ports ?? []).flatMap(({ containerPort, hostPort, hostIP, protocol }) =>
    hostPort === undefined || hostPort === null || hostPort === 0
      ? []
      : [
          {
            protocol: (protocol ?? 'TCP').toLowerCase(),
            port: containerPort,
            address: hostIP ?? '',
            from: hostPort,
            to: hostPort,
          },
        ],
  );
}

function limitsOf({ resources }: Container) {
  const { memory, cpu } = resources?.limits ?? {};
  return { memory: quantity(memory, 'resources.limits.memory'), cpu: cpuOf(cpu, resources?.requests?.['cpu'] ?? cpu) };
}

type Quantity = string | number | undefined;

/** The kubelet makes the weight of what is requested, else of the limit: 1024 for a CPU. */
function cpuOf(limit: Quantity, request: Quantity): Field<ContainerShape['cpu']> {
  const [most, share] = [quantity(limit, 'resources.limits.cpu'), quantity(request, 'resources.requests.cpu')];
  if (most.kind === 'missing') return most;
  if (share.kind === 'missing') return share;
  return known({ most: most.value, weight: Math.round(share.value * 1024) }, `${most.at}, ${share.at}`);
}

const suffixes: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** `128Mi`, `1.5`, `1e3`; 0 where there is none: then there is no ceiling. */
function quantity(words: Quantity, at: string): Field<number> {
  if (words === undefined) return known(0, at);
  const [, number, suffix = ''] = /^([0-9.]+(?:[eE][+-]?[0-9]+)?)([A-Za-z]*)$/.exec(String(words)) ?? [];
  const unit = Object.hasOwn(suffixes, suffix) ? suffixes[suffix] : undefined;
  const value = Number(number) * (unit ?? Number.NaN);
  return Number.isFinite(value) ? known(value, at) : missing(`${at} is no quantity`);
}

function groupsOf({ securityContext }: PodSpec): readonly string[] {
  const { supplementalGroups, fsGroup } = securityContext ?? {};
  return [...(supplementalGroups ?? []), ...(fsGroup === undefined || fsGroup === null ? [] : [fsGroup])].map(String);
}
