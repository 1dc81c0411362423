import type { HostNamespace } from '../contract.ts';
import type { HostDevice } from './settings.ts';

/** What the host says about its files. Nothing that it is asked throws; `undefined` says that it cannot be seen. */
export interface HostView {
  /**
   * Every path by which a place, and what is mounted in it, can be reached; of a disk, where it is mounted as well; of
   * what is not there, where it would be.
   */
  places(path: string): Promise<readonly string[] | undefined>;
  /** The device that a file stands for, or all those in a folder. */
  devices(path: string): Promise<readonly HostDevice[] | undefined>;
  /** Path of a device: `/dev/kvm`. */
  devicePath(device: HostDevice): Promise<string | undefined>;
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

/** What an engine adds to a create request. `undefined`: it has none of that name. */
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
