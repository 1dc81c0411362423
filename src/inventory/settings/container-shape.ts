import type { SecretSeen } from '#secrets/index.ts';
import type { ContainerSettings, HostDevice, HostMount, SharedNamespace } from './settings.ts';

/** What checks ask of a container, whichever document tells of it. Names of capabilities are upper-case without `CAP_`. */
export interface ContainerShape {
  /** Whether the engine was told to leave out every confinement. */
  readonly privileged: boolean;
  /** Every device of the host is open to it. */
  readonly everyDevice: boolean;
  /** Devices of the host that it is given, and kinds of them; those that every container has are left out. */
  readonly devices: readonly HostDevice[];
  /** Accelerators and other devices that it asks a driver for. */
  readonly deviceRequests: readonly DeviceRequest[];
  /** Namespaces that are the host's, or of which nobody can tell. */
  readonly hostNamespaces: readonly SharedNamespace[];
  /** The container whose network it uses; `none`: of no other one. */
  readonly joinedNetwork: JoinedContainer | 'none';
  /** The container whose processes it sees; `none`: of no other one. */
  readonly joinedProcesses: JoinedContainer | 'none';
  /** How its IPC is placed. */
  readonly ipc: 'host' | 'private' | 'none' | 'shareable' | 'container';

  /** Everything that it holds, or may come to hold: granted by its document, or in any set of any of its processes. */
  readonly capabilities: readonly string[];
  /** What its document grants. */
  readonly declaredCapabilities: readonly string[];
  /** What is in any set of any of its processes: bounding, effective, permitted, ambient. */
  readonly processCapabilities: readonly string[];
  /** `open`: a profile that allows what it does not name. */
  readonly seccomp: ContainerSettings['seccomp'];
  /** `default`: the engine's, `unconfined`, or the SHA-256 of the profile's canonical JSON. */
  readonly seccompProfile: string;
  /** `open`: one of the paths in /proc and /sys that engines mask or keep read-only is not. */
  readonly systemPaths: ContainerSettings['systemPaths'];
  /** No program that it starts gains privileges by setuid. */
  readonly noNewPrivileges: boolean;
  /** Modules of its host that confine processes by profile or label. */
  readonly hostConfinement: readonly Confinement[];
  /** Name of its AppArmor profile; empty: none. */
  readonly apparmorProfile: string;
  /** What the kernel says of its main process: `docker-default (enforce)`; empty: no module answers. */
  readonly processLabel: string;
  /** `off`: its label was switched off. */
  readonly selinux: 'on' | 'off';
  /** Whether it can change cgroups by the cgroup file system that it was given. */
  readonly writableCgroups: boolean;
  /** cgroup that was asked for; empty: the engine's own place. */
  readonly cgroupParent: string;
  /** Names of kernel parameters that it sets. */
  readonly sysctls: readonly string[];

  /** What it sees of the host's file system by a path of the host. */
  readonly mounts: readonly ContainerMount[];
  /** What it sees of it by a named volume, or one without a name; those that lie in the engine's own folder are left out. */
  readonly volumes: readonly ContainerMount[];
  /** What it sees of it because another container does. */
  readonly inheritedMounts: readonly ContainerMount[];
  /** How changes of its mounts travel to the host, by the path in it; of all mounts, volumes too. */
  readonly propagations: readonly Propagation[];
  /** Folders of the host in which engines and the kubelet keep their state, links followed. */
  readonly engineFolders: readonly string[];
  /** Sockets by which the host can be ruled, links followed; folders stand for all that lies in them. */
  readonly engineSockets: readonly string[];
  /** Components of paths of its mounts that others than root may replace: `/srv 0777`. */
  readonly loosePaths: readonly string[];
  readonly readonlyRoot: boolean;
  readonly tmpfs: readonly ScratchSpace[];

  /** Networks that it is attached to, by name; the engine's default one is `bridge`. */
  readonly networks: readonly string[];
  readonly ports: readonly PublishedPort[];
  /** Every exposed port is published, on ports that the engine picks. */
  readonly publishAll: boolean;
  /** Legacy links to other containers. */
  readonly links: readonly string[];
  /** Names that it is told addresses for, lower-case without a closing dot. */
  readonly extraHosts: readonly string[];

  /** Bytes; 0: no ceiling. */
  readonly memory: number;
  /** Bytes of memory and swap together; 0: the engine's choice, -1: without end. */
  readonly memorySwap: number;
  readonly cpu: CpuShare;
  /** Most processes; 0: no ceiling. */
  readonly pids: number;
  /** Names of the limits that are set for its processes, by itself or by the engine. */
  readonly limits: readonly string[];
  readonly oom: OutOfMemory;
  readonly restart: Restart;
  /** Whether an orchestrator of the engine's own, swarm, made it. */
  readonly swarmTask: boolean;
  /** Name of the driver that keeps its output. */
  readonly logDriver: string;
  /** `none`: it has no check of its health. */
  readonly health: 'healthy' | 'unhealthy' | 'starting' | 'none';

  /** OCI runtime, and the program that stands for it in the engine's configuration. */
  readonly runtime: Runtime;
  /** `off`: the engine does not remap users; `out`: it does, and this container opted out. */
  readonly userRemap: 'off' | 'on' | 'out';
  /** Uid on the host of the container's uid 0; `none`: it has no such user. */
  readonly rootUid: number | 'none';
  /** Supplementary groups that were asked for, as names or numbers. */
  readonly groups: readonly string[];
  /** Groups that may use the engine's socket, as names and numbers. */
  readonly engineGroups: readonly string[];
  /** All kinds of its processes, by program. */
  readonly processes: readonly ContainerProcess[];

  /** Secrets in its environment that are not its image's. Never their values. */
  readonly environmentSecrets: readonly SecretSeen[];
  /** Secrets in its command line. Never their values. */
  readonly argumentSecrets: readonly SecretSeen[];
  /** Digest of the manifest that it runs, and the one that its tag has in the registry now. */
  readonly tag: TagState;
  /** Whether the engine still has its image. */
  readonly imagePresent: boolean;
}

export type Confinement = 'apparmor' | 'selinux';

/** Something of the host's file system. */
export interface ContainerMount extends HostMount {
  readonly writable: boolean;
}

export interface Propagation {
  readonly target: string;
  readonly mode: 'private' | 'slave' | 'shared';
}

export interface DeviceRequest {
  readonly driver: string;
  readonly ids: readonly string[];
}

/** A container whose namespace another one uses, with the sensitivity of both as their labels say. */
export interface JoinedContainer {
  readonly name: string;
  readonly sensitivity: string;
  readonly ownSensitivity: string;
}

/** A file system in memory. */
export interface ScratchSpace {
  readonly target: string;
  readonly bounded: boolean;
  /** Programs in it may be started. */
  readonly executable: boolean;
  /** setuid counts in it. */
  readonly setuid: boolean;
}

export interface PublishedPort {
  readonly protocol: string;
  /** Port of the container. */
  readonly port: number;
  /** Address of the host; empty: all. */
  readonly address: string;
  /** First and last port of the host; 0: one that the engine picks. */
  readonly from: number;
  readonly to: number;
}

export interface CpuShare {
  /** CPUs that it may use at most; 0: no ceiling. */
  readonly most: number;
  /** Weight against others; 0: the kernel's own. */
  readonly weight: number;
}

export interface OutOfMemory {
  readonly killer: 'on' | 'off';
  /** -1000 to 1000; what is lower is killed later. */
  readonly score: number;
}

export interface Restart {
  readonly policy: string;
  readonly retries: number;
}

export interface Runtime {
  readonly name: string;
  readonly path: string;
}

/** Processes that are alike; without their numbers, which change while the container stays as it is. */
export interface ContainerProcess {
  /** Name of its program's file, without folders. */
  readonly program: string;
  /** Effective uid, as the host counts. */
  readonly uid: number;
  /** 0: no filter, 1: strict, 2: a filter. */
  readonly seccomp: number;
  readonly seccompFilters: number;
  readonly noNewPrivileges: boolean;
}

export interface TagState {
  readonly tag: string;
  readonly running: string;
  readonly current: string;
}
