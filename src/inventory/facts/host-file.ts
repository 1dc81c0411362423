/** A file, folder or socket of a host, links followed. */
export interface HostFile {
  /** Plain absolute path as the host knows it. */
  readonly path: string;
  readonly uid: number;
  readonly gid: number;
  /** The twelve bits of permissions: 0o4755. */
  readonly mode: number;
  readonly kind: 'file' | 'folder' | 'socket' | 'other';
  /** Folders above it, from `/` down: of the path as written and of the path that links lead to. */
  readonly parents: readonly HostFolder[];
}

export interface HostFolder {
  readonly path: string;
  readonly uid: number;
  readonly gid: number;
  readonly mode: number;
}

/** Files that checks ask for. An empty list: the host has none. */
export interface HostFiles {
  /** Unit file of docker.service that systemd would take, then its drop-ins. */
  readonly engineService: readonly HostFile[];
  /** Unit file of docker.socket, then its drop-ins. */
  readonly engineSocketUnit: readonly HostFile[];
  /** `/etc/docker`. */
  readonly engineFolder: readonly HostFile[];
  /** The file that the engine's settings are read from. */
  readonly engineConfig: readonly HostFile[];
  /** `/etc/default/docker`. */
  readonly engineDefaults: readonly HostFile[];
  /** `/etc/sysconfig/docker`. */
  readonly engineSysconfig: readonly HostFile[];
  /** Files below `/etc/docker/certs.d`. */
  readonly registryCertificates: readonly HostFile[];
  readonly tlsAuthority: readonly HostFile[];
  readonly tlsCertificate: readonly HostFile[];
  readonly tlsKey: readonly HostFile[];
  /** Unix sockets that the engine listens on. */
  readonly engineSockets: readonly HostFile[];
  readonly dataRoot: readonly HostFile[];
  /** `/run/containerd`. */
  readonly containerdFolder: readonly HostFile[];
  readonly containerdSocket: readonly HostFile[];
  /** `/etc/containerd/config.toml`. */
  readonly containerdConfig: readonly HostFile[];
  /** The programs as the host runs or would find them. */
  readonly engineProgram: readonly HostFile[];
  readonly containerdProgram: readonly HostFile[];
  readonly shimProgram: readonly HostFile[];
  readonly shimRuncV1Program: readonly HostFile[];
  readonly shimRuncV2Program: readonly HostFile[];
  /** Of the default runtime; where a wrapper stands in its place, the wrapper and what it wraps. */
  readonly runtimePrograms: readonly HostFile[];
  /** `/etc/sudoers` and what stands in `/etc/sudoers.d`. */
  readonly sudoers: readonly HostFile[];
  /** Kubelet's kubeconfig, configuration and unit file with drop-ins. */
  readonly kubeletFiles: readonly HostFile[];
  /** Sockets of other runtimes and builders: Podman, CRI-O, BuildKit. */
  readonly otherRuntimeSockets: readonly HostFile[];
}
