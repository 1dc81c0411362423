import { type SubjectId, oneLine } from '#base/index.ts';
import { labelsWithoutSecrets, wordsWithoutSecrets } from '#secrets/index.ts';
import type { ContainerFact } from '../../../contract.ts';
import { environmentOf, type EnvironmentSettings } from '../../environment.ts';
import { plainTexts } from '../../plain-text.ts';
import { mountsOf } from './mounts.ts';
import { portsOf } from './ports.ts';
import { runs, stateOf } from './run-state.ts';
import type { InspectedContainer } from './schema.ts';

/** What the engine does not say of a container. */
export interface ContainerContext extends EnvironmentSettings {
  readonly subject?: SubjectId;
}

/** The part of an engine's answer about a container that matters, as the fact that it becomes. */
export function containerFact(container: InspectedContainer, context: ContainerContext): ContainerFact {
  const { State: state, Config: config, HostConfig: host } = container;
  const labels = labelsOf(config.Labels ?? {});
  const environment = environmentOf(labels, context);
  const [startedAt, finishedAt] = [momentOf(state.StartedAt), momentOf(state.FinishedAt)];
  return {
    id: container.Id,
    name: oneLine(container.Name.replace(/^\//, ''), 255),
    image: { id: oneLine(container.Image, 128), name: oneLine(config.Image, 512) },
    ...(context.subject && { subject: context.subject }),
    state: stateOf(state.Status),
    createdAt: momentOf(container.Created) ?? startedAt ?? new Date(0).toISOString(),
    ...(startedAt && { startedAt }),
    ...(finishedAt && { finishedAt }),
    ...(finishedAt && !runs(state.Status) && { exitCode: state.ExitCode }),
    command: containerCommand(container.Path, container.Args),
    labels,
    ...(environment && { environment }),
    user: oneLine(config.User, 128),
    privileged: host.Privileged,
    readOnlyRoot: host.ReadonlyRootfs,
    capabilities: { added: capabilitiesOf(host.CapAdd), dropped: capabilitiesOf(host.CapDrop) },
    hostNamespaces: hostNamespacesOf(host),
    securityOptions: plainTexts(host.SecurityOpt, { most: 50, longest: 512 }),
    mounts: mountsOf(container),
    ports: portsOf(container),
    networks: plainTexts(Object.keys(container.NetworkSettings?.Networks ?? {}), { most: 100, longest: 255 }),
  };
}

/** Entrypoint and command as a container runs them, without secrets and within the bounds of a fact. */
export function containerCommand(path: string, rest: readonly string[] | null | undefined): readonly string[] {
  return plainTexts(wordsWithoutSecrets([path, ...(rest ?? [])].slice(0, 200)), { most: 200, longest: 4096 });
}

/** Labels without secrets, within the bounds of a fact. */
export function labelsOf(labels: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(labelsWithoutSecrets(labels)).map(
      ([key, value]) => [oneLine(key, 512), oneLine(value, 4096)] as const,
    ),
  );
}

/** `CAP_NET_ADMIN` and `net_admin` are one. */
function capabilitiesOf(names: readonly string[] | null | undefined): string[] {
  const bare = (names ?? []).map((name) => name.toUpperCase().replace(/^CAP_/, ''));
  return plainTexts(bare, { most: 64, longest: 64 });
}

/** As the container was configured; where engines do not remap users, all containers share the host's user namespace. */
function hostNamespacesOf(host: InspectedContainer['HostConfig']): ContainerFact['hostNamespaces'] {
  const modes = {
    pid: host.PidMode,
    network: host.NetworkMode,
    ipc: host.IpcMode,
    uts: host.UTSMode,
    user: host.UsernsMode,
    cgroup: host.CgroupnsMode,
  } as const;
  const names = ['pid', 'network', 'ipc', 'uts', 'user', 'cgroup'] as const;
  return names.filter((name) => modes[name] === 'host');
}

/** Engines write what never happened as the year 1. */
function momentOf(text: string): string | undefined {
  if (text.startsWith('0001-') || Number.isNaN(Date.parse(text))) return undefined;
  return new Date(text).toISOString();
}
