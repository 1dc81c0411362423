import type { HostNamespace } from '../contract.ts';
import type { SystemPaths } from './kernel-paths.ts';

/** What a container gets of its host, whichever form asked for it. Everything is as it takes effect, defaults included. */
export interface ContainerSettings {
  /** Every device of the host is open to it: what `--privileged` does, and rules for all devices. */
  readonly everyDevice: boolean;
  readonly hostNamespaces: readonly SharedNamespace[];
  /** Beyond the engine's usual set, sorted, without `CAP_`. */
  readonly addedCapabilities: readonly string[];
  readonly mounts: readonly HostMount[];
  /** Of what it has more than is judged, so that nothing of it is known. */
  readonly tooMany: readonly ('mounts' | 'devices')[];
  /** Single devices, and kinds of them; those that every container has are left out. */
  readonly devices: readonly HostDevice[];
  /** `open`: a profile that allows what it does not name. */
  readonly seccomp: 'on' | 'open' | 'off';
  /** `open`: one of the paths in /proc and /sys that engines mask or keep read-only is not. */
  readonly systemPaths: SystemPaths;
  /** Sockets of engines and agents, links followed. */
  readonly engineSockets: readonly string[];
}

/** A container that gets nothing of its host. */
export const nothingOfHost: ContainerSettings = {
  everyDevice: false,
  hostNamespaces: [],
  addedCapabilities: [],
  mounts: [],
  tooMany: [],
  devices: [],
  seccomp: 'on',
  systemPaths: 'closed',
  engineSockets: [],
};

export interface SharedNamespace {
  readonly namespace: HostNamespace;
  /** `not-seen`: it joins one of which nobody can tell whether it is the host's. */
  readonly certainty: 'shared' | 'not-seen';
}

/** Something of the host's file system that it sees. Volumes that the engine keeps in its own folder are none. */
export interface HostMount {
  /** As it was asked for. */
  readonly source: string;
  readonly target: string;
  readonly place: Place;
}

export type Place =
  /** Every path of the host by which the same files can be reached, links followed, bind mounts traced back. */
  { readonly kind: 'paths'; readonly paths: readonly string[] } | { readonly kind: 'not-seen' };

/** Numbers as the kernel has them; a missing one stands for all. */
export interface HostDevice {
  readonly type: 'block' | 'character';
  readonly major: number | undefined;
  readonly minor: number | undefined;
  /** `/dev/kvm`, where the host knows it. */
  readonly path?: string;
}
