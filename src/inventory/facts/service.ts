/** What is so of one service of a swarm, as its managers hold it. */
export interface ServiceShape {
  readonly name: string;
  /** Name of its image, as it stands in the service. */
  readonly image: string;
  /** Names of environment variables whose values look like secrets. Never the values. */
  readonly secretVariables: readonly string[];
  /** Paths of the host that its tasks mount, plain and absolute. */
  readonly hostPaths: readonly string[];
  /** Capabilities beyond the usual ones; upper case without CAP_. */
  readonly addedCapabilities: readonly string[];
  readonly confinement: ServiceConfinement;
  /** Names of kernel parameters that it sets. */
  readonly kernelParameters: readonly string[];
}

/** Parts of a task's confinement that the service switches off. */
export interface ServiceConfinement {
  readonly seccomp: 'on' | 'off';
  readonly appArmor: 'on' | 'off';
  readonly selinux: 'on' | 'off';
}
