import type { HostNamespace } from '../contract.ts';
import type { HostDevice } from './settings.ts';

/**
 * What the host says about its files, in bounded time whatever it is asked. Nothing that it is asked throws; what is
 * missing of an answer, or `undefined`, cannot be seen.
 */
export interface HostView {
  /**
   * Of each path every path by which its place, and what is mounted in it, can be reached; of a disk, where it is mounted
   * as well; of what is not there, where it would be.
   */
  places(paths: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>>;
  /** Of each path the device that it stands for, or all those in the folder; none where nothing is there. */
  devices(paths: readonly string[]): Promise<ReadonlyMap<string, readonly HostDevice[]>>;
  /** Of each device, in their order, its path: `/dev/kvm`. */
  devicePaths(devices: readonly HostDevice[]): Promise<readonly (string | undefined)[]>;
  /** Whether a namespace's file, `/proc/17/ns/net`, is the host's own. */
  isHostNamespace(file: string): Promise<boolean | undefined>;
  /** Folder of the engine's data, links followed; missing: no engine keeps volumes here. */
  readonly engineRoot?: string;
  /** Sockets by which the host can be ruled, links followed. Folders stand for all that lies in them. */
  sockets(): Promise<readonly string[]>;
}

/** A container that another one names. */
export interface NamedContainer {
  readonly hostNamespaces: readonly HostNamespace[];
  readonly mounts: readonly NamedMount[];
}

/** As the engine tells of it: a volume by its name, anything else by the path of the host. */
export interface NamedMount {
  readonly kind: 'bind' | 'volume';
  readonly source: string;
  readonly target: string;
}

export interface NamedVolume {
  readonly driver: string;
  readonly options: Readonly<Record<string, string>>;
}

/** What an engine adds to a create request; it is asked once about each name. `undefined`: it has none of that name. */
export interface EngineView {
  readonly host: HostView;
  /** Whether containers have a user namespace of their own. */
  readonly remapsUsers: boolean;
  readonly cgroupNamespace: 'host' | 'private';
  readonly seccomp: 'on' | 'off';
  container(name: string): Promise<NamedContainer | undefined>;
  volume(name: string): Promise<NamedVolume | undefined>;
}

/** Where the sockets of engines, and our own, usually lie. */
export const usualSockets: readonly string[] = [
  '/run/docker.sock',
  '/run/docker',
  '/run/containerd',
  '/run/crio/crio.sock',
  '/run/podman',
  '/run/buildkit',
  '/run/k3s/containerd',
  '/run/seawall',
];
