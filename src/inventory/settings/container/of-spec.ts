import { byDefault, type Field, type FieldsOf, known, missing } from '#base/index.ts';
import { capabilityName } from '../capabilities.ts';
import type { ContainerShape, Propagation } from '../container-shape.ts';
import type { HostView } from '../host-view.ts';
import { settingsOfSpec } from '../of-spec.ts';
import { plainPath } from '../path.ts';
import { RuntimeSpec } from '../schema.ts';
import type { HostMount } from '../settings.ts';
import { allMissing, both, flatMapped, mapped, valueOf } from './member.ts';
import { foldersOf, propagationOf, scratchSpace } from './mounts.ts';
import { type Members, readMembers, specMembers } from './schema.ts';
import { type ReadSettings, type SettingsFields, settingsFields, unreadable } from './settings.ts';
import type { Surroundings } from './surroundings.ts';

type Spec = Members<typeof specMembers>;
type SpecMounts = NonNullable<(Spec['mounts'] & { kind: 'known' })['value']>;

/** Where settings stand in a spec. */
const places: Readonly<Record<keyof SettingsFields, string>> = {
  everyDevice: 'linux.resources.devices',
  devices: 'linux.devices, linux.resources.devices',
  hostNamespaces: 'linux.namespaces',
  seccomp: 'linux.seccomp',
  systemPaths: 'linux.maskedPaths, linux.readonlyPaths',
  engineSockets: 'sockets of the host',
};

export interface AroundSpec {
  readonly host: HostView;
  readonly facts: FieldsOf<Surroundings>;
}

/** A container as its runtime gets it: `config.json` of a bundle. It says nothing of what its engine keeps to itself. */
export async function containerOfSpec(spec: unknown, around: AroundSpec): Promise<FieldsOf<ContainerShape>> {
  const members = readMembers(spec, specMembers, '');
  const parsed = RuntimeSpec.safeParse(spec);
  const settings = parsed.success
    ? settingsFields(await settingsOfSpec(parsed.data, around.host), places)
    : unreadable('the spec is not of the expected form');
  return {
    ...settings.fields,
    ...ofEngineOnly(),
    ...processFields(members, around),
    ...mountFieldsOf(members, settings, around),
    ...resourceFieldsOf(members),
    ...namespaceFieldsOf(parsed.data, members),
    tag: around.facts.tag,
    imagePresent: around.facts.imagePresent,
    engineGroups: around.facts.engineGroups,
  };
}

/** What an engine never writes into a spec. */
function ofEngineOnly() {
  const engineOnly = [
    ...(['publishAll', 'ports', 'links', 'networks', 'extraHosts', 'restart', 'swarmTask', 'logDriver'] as const),
    ...(['health', 'runtime', 'deviceRequests', 'cgroupParent', 'groups', 'seccompProfile'] as const),
    ...(['environmentSecrets', 'argumentSecrets'] as const),
  ];
  return {
    ...allMissing(engineOnly, 'an OCI spec does not say this; its engine’s files do'),
    ...allMissing(['volumes', 'inheritedMounts'], 'an OCI spec does not tell volumes from other mounts'),
    ...allMissing(
      ['processCapabilities', 'processLabel', 'processes'],
      'this is seen of the processes of a running container only',
    ),
    privileged: missing('an OCI spec says what a privileged container gets, and not that it is one'),
  };
}

function processFields({ process }: Spec, { facts }: AroundSpec) {
  const capabilities = valueOf(
    process,
    (all) =>
      [
        ...new Set(Object.values(all.capabilities ?? {}).flatMap((names) => (names ?? []).map(capabilityName))),
      ].toSorted(),
    [],
  );
  return {
    capabilities,
    declaredCapabilities: capabilities,
    noNewPrivileges: valueOf(process, ({ noNewPrivileges }) => noNewPrivileges === true, false),
    hostConfinement: facts.confinement,
    apparmorProfile: valueOf(process, ({ apparmorProfile }) => apparmorProfile ?? '', ''),
    selinux: valueOf(process, ({ selinuxLabel }) => ((selinuxLabel ?? '') === '' ? 'off' : 'on'), 'off'),
    limits: valueOf(
      process,
      ({ rlimits }) => (rlimits ?? []).map(({ type }) => type.replace(/^RLIMIT_/, '').toLowerCase()),
      [],
    ),
  };
}

function mountFieldsOf({ mounts, root }: Spec, settings: ReadSettings<SettingsFields>, around: AroundSpec) {
  return {
    mounts: both(settings.mounts, mounts, (traced, all) =>
      traced.map((mount) => ({ ...mount, writable: isWritable(mount, all ?? []) })),
    ),
    propagations: valueOf(mounts, propagationsOf, []),
    tmpfs: valueOf(mounts, scratchOf, []),
    writableCgroups: valueOf(
      mounts,
      (all) => all.some(({ type, options }) => /^cgroup2?$/.test(type ?? '') && options?.includes('ro') !== true),
      false,
    ),
    readonlyRoot: valueOf(root, (value) => value.readonly === true, false),
    engineFolders: byDefault(foldersOf(around.host.engineRoot), 'usual folders', 'engine'),
    loosePaths: around.facts.loosePaths,
  };
}

function isWritable({ target }: HostMount, mounts: SpecMounts): boolean {
  return mounts.some(
    ({ destination, options }) =>
      plainPath(destination) === plainPath(target) && options?.some((word) => word === 'ro' || word === 'rro') !== true,
  );
}

function propagationsOf(mounts: SpecMounts): readonly Propagation[] {
  return mounts.flatMap(({ destination: target, options }) =>
    (options ?? []).flatMap((word) => {
      const mode = propagationOf(word);
      return mode === undefined ? [] : [{ target, mode }];
    }),
  );
}

/** Those that every container has are the engine’s. Without options the kernel lets programs start. */
function scratchOf(mounts: SpecMounts) {
  return mounts
    .filter(({ type, destination }) => type === 'tmpfs' && !usualScratch.includes(plainPath(destination)))
    .map(({ destination, options }) => scratchSpace(destination, ['exec', 'suid', ...(options ?? [])]));
}

const usualScratch: readonly string[] = ['/dev', '/dev/shm', '/run/secrets'];

function resourceFieldsOf({ linux, process }: Spec) {
  const resources = valueOf(linux, (all) => all.resources ?? {}, {});
  return {
    memory: mapped(resources, ({ memory }) => Math.max(memory?.limit ?? 0, 0)),
    memorySwap: flatMapped(resources, ({ memory }) =>
      memory?.swap === undefined || memory.swap === null
        ? missing('an OCI spec that names no swap may be of a container with a ceiling or without')
        : known(memory.swap, 'linux.resources.memory.swap'),
    ),
    cpu: mapped(resources, ({ cpu }) => ({
      most: (cpu?.quota ?? 0) > 0 ? (cpu?.quota ?? 0) / (cpu?.period ?? 100_000) : 0,
      weight: cpu?.shares ?? 0,
    })),
    pids: mapped(resources, ({ pids }) => Math.max(pids?.limit ?? 0, 0)),
    sysctls: valueOf(linux, ({ sysctl }) => Object.keys(sysctl ?? {}).toSorted(), []),
    oom: both(resources, process, ({ memory }, program) => ({
      killer: memory?.disableOOMKiller === true ? ('off' as const) : ('on' as const),
      score: program?.oomScoreAdj ?? 0,
    })),
  };
}

function namespaceFieldsOf(spec: RuntimeSpec | undefined, { linux }: Spec) {
  const pathOf = (type: string): string | undefined => {
    const namespace = spec?.linux?.namespaces?.find((one) => one.type === type);
    return namespace === undefined ? undefined : (namespace.path ?? '');
  };
  const joined = (type: string): Field<'none'> =>
    spec !== undefined && (pathOf(type) ?? '') === ''
      ? known('none', 'linux.namespaces')
      : missing('an OCI spec does not name the container that a namespace is of');
  return {
    joinedNetwork: joined('network'),
    joinedProcesses: joined('pid'),
    ipc: spec === undefined ? unreadableNamespaces : ipcBy(pathOf('ipc')),
    userRemap: pathOf('user') === '' ? known('on' as const, 'linux.namespaces') : noRemap,
    rootUid: flatMapped(spec === undefined ? unreadableNamespaces : linux, (all) =>
      rootUidBy(pathOf('user'), all?.uidMappings ?? []),
    ),
  };
}

const unreadableNamespaces = missing('the spec is not of the expected form');
const noRemap = missing('an OCI spec does not say whether its engine remaps users');

function ipcBy(path: string | undefined): Field<ContainerShape['ipc']> {
  if (path === undefined) return known('host', 'linux.namespaces');
  return path === ''
    ? missing('an OCI spec does not say who may join its IPC')
    : known('container', 'linux.namespaces');
}

interface Mapping {
  readonly containerID: number;
  readonly hostID: number;
  readonly size: number;
}

function rootUidBy(path: string | undefined, mappings: readonly Mapping[]): Field<number | 'none'> {
  if (path === undefined) return known(0, 'linux.namespaces');
  if (path !== '') return missing('an OCI spec does not say how a namespace that it joins maps users');
  const root = mappings.find(({ containerID, size }) => containerID === 0 && size > 0);
  return known(root?.hostID ?? 'none', 'linux.uidMappings');
}
