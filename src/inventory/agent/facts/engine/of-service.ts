import type { Services } from './schema.ts';

type TaskTemplate = Services[number]['Spec']['TaskTemplate'];
type Specification = NonNullable<TaskTemplate['ContainerSpec']>;

/** The request by which an engine makes a container for a task of a service. */
export function requestOfTask({ Resources, LogDriver }: TaskTemplate, specification: Specification): object {
  const { Image, Env, Command, Args, Labels, Groups } = specification;
  const limits = Resources?.Limits;
  return {
    Image,
    Env,
    Entrypoint: Command,
    Cmd: Args,
    Labels,
    HostConfig: {
      Mounts: specification.Mounts ?? [],
      CapAdd: specification.CapabilityAdd,
      CapDrop: specification.CapabilityDrop,
      Sysctls: specification.Sysctls,
      Ulimits: specification.Ulimits,
      ReadonlyRootfs: specification.ReadOnly,
      ExtraHosts: specification.Hosts?.map(requestedHost),
      OomScoreAdj: specification.OomScoreAdj,
      GroupAdd: Groups,
      SecurityOpt: securityOptions(specification.Privileges ?? {}),
      ...(limits?.NanoCPUs !== undefined && { NanoCpus: limits.NanoCPUs }),
      ...(limits?.MemoryBytes !== undefined && { Memory: limits.MemoryBytes }),
      ...(limits?.Pids !== undefined && { PidsLimit: limits.Pids }),
      ...(LogDriver?.Name !== undefined && { LogConfig: { Type: LogDriver.Name } }),
    },
  };
}

/** `ADDRESS NAME ALIAS…`, as /etc/hosts has it, or already `NAME:ADDRESS`. */
function requestedHost(text: string): string {
  const [address = '', name] = text.trim().split(/\s+/);
  return name === undefined ? text : `${name}:${address}`;
}

function securityOptions({
  Seccomp,
  AppArmor,
  SELinuxContext,
  NoNewPrivileges,
}: NonNullable<Specification['Privileges']>): readonly string[] {
  return [
    ...(Seccomp?.Mode === 'unconfined' ? ['seccomp=unconfined'] : []),
    ...(Seccomp?.Mode === 'custom' ? [`seccomp=${Buffer.from(Seccomp.Profile ?? '', 'base64').toString()}`] : []),
    ...(AppArmor?.Mode === 'disabled' ? ['apparmor=unconfined'] : []),
    ...(SELinuxContext?.Disable === true ? ['label=disable'] : []),
    ...(NoNewPrivileges === true ? ['no-new-privileges=true'] : []),
  ];
}
