/**
 * What is so of one Docker engine. Settings are those in force: what the engine was started with and what it says of itself,
 * not what a file says by now.
 */
export interface EngineShape extends EngineDefaults, SwarmFacts {
  /** Name of its host, as the engine says it. */
  readonly name: string;
  /** Whether it runs as a user without rights on the host. */
  readonly rootless: boolean;
  /** Whether root of its containers is another user on the host by default. */
  readonly userNamespaces: boolean;
  /** Whether containers get no-new-privileges where nobody says otherwise. */
  readonly noNewPrivileges: boolean;
  /** `builtin`, `unconfined`, the path of a profile, or `none` where the engine filters no system calls. */
  readonly seccompProfile: string;
  readonly defaultBridge: DefaultBridge;
  /** Whether the engine writes debug messages. */
  readonly debug: boolean;
  /** Whether any of its networks has IPv6. */
  readonly usesIpv6: boolean;
  /** Networks (CIDR) and names of registries that it asks without verified TLS; 127.0.0.0/8 and ::1/128 are built in. */
  readonly insecureRegistries: readonly string[];
  /** TCP addresses at which its API listens. */
  readonly apiListeners: readonly TcpAddress[];
  /** How each of `apiListeners` treats someone without a client certificate. */
  readonly apiAnswers: readonly ApiAnswer[];
  /** Authorization plugins, in the order in which they are asked. */
  readonly authorizationPlugins: readonly string[];
  /** Driver of container logs: `json-file`. */
  readonly logDriver: string;
  /** Programs seen running on the host that ship logs elsewhere: `fluent-bit`. */
  readonly logShippers: readonly string[];
  /** Whether containers go on while the engine restarts. */
  readonly liveRestore: boolean;
  /** Whether it runs docker-proxy processes now. */
  readonly proxyProcesses: 'none' | 'some';
  /** Name of the runtime that containers get where they name none. */
  readonly defaultRuntime: string;
  readonly runtimes: readonly EngineRuntime[];
  /** Whether its image store is containerd's, which remembers where images came from. */
  readonly hasContainerdStore: boolean;
  /** What lowers the oldest API version that it takes; `version` is that version. */
  readonly minimumApi: MinimumApi;
  readonly nodeResourceInterface: NodeResourceInterface;
  /** Enabled managed plugins. */
  readonly managedPlugins: readonly ManagedPlugin[];
  /** Proxy settings that hold a user or a password: `HttpProxy`. Never what they hold. */
  readonly proxiesWithCredentials: readonly string[];
  /** Folders that describe devices to the engine, or the nearest folder above where one does not exist. */
  readonly deviceFolders: readonly OwnedFolder[];
  /** User id of the engine's process on the host. */
  readonly engineUid: number;
  /** SHA-256 in hex over flags and file in force, independent of their order. */
  readonly configuration: string;
  /** Names of settings that the file holds and the engine does not have: it was not restarted since. */
  readonly notInForce: readonly string[];
}

/** Settings that only flags and the file name; names are those of the file. */
export interface EngineDefaults {
  readonly 'log-level': string;
  /** Options of the log driver. */
  readonly 'log-opts': readonly EngineOption[];
  readonly iptables: boolean;
  readonly ip6tables: boolean;
  /** Names of limits that every container gets: `nofile`. */
  readonly 'default-ulimits': readonly string[];
  /** Empty: the engine's own. */
  readonly 'cgroup-parent': string;
  readonly 'userland-proxy': boolean;
  /** `HOST:PORT`; empty: none. */
  readonly 'metrics-addr': string;
  /** 0: closed. */
  readonly 'network-diagnostic-port': number;
  readonly 'allow-direct-routing': boolean;
  readonly 'ip-forward-no-drop': boolean;
  /** What the builder may grant to a build that asks for it. */
  readonly builderEntitlements: { readonly securityInsecure: boolean; readonly networkHost: boolean };
  /** `private` or `host`. */
  readonly 'default-cgroupns-mode': string;
  /** `private` or `shareable`. */
  readonly 'default-ipc-mode': string;
}

export interface EngineOption {
  readonly name: string;
  readonly value: string;
}

/** Network `bridge`, which containers get where they name none. */
export type DefaultBridge =
  | { readonly kind: 'none' }
  | { readonly kind: 'bridge'; readonly letsContainersTalk: boolean };

export interface TcpAddress {
  /** As the kernel has it: `0.0.0.0`, `::`, `127.0.0.1`. */
  readonly address: string;
  readonly port: number;
}

export interface ApiAnswer extends TcpAddress {
  /** `plain`: answers HTTP without TLS. `anyone`: TLS, answers without a client certificate. `refused`: demands one. */
  readonly answer: 'plain' | 'anyone' | 'refused';
}

export interface EngineRuntime {
  readonly name: string;
  /** As the engine has it: a path, or a name that is looked up in its `PATH`. */
  readonly path: string;
  /** SHA-256 in hex of the program, or none where it is not found or too large. */
  readonly sha256?: string;
  /** Whether that is the product's own wrapper around runc. */
  readonly isOurs: boolean;
}

export interface MinimumApi {
  /** Oldest that is taken: `1.24`. */
  readonly version: string;
  /** Where that was set: `DOCKER_MIN_API_VERSION`, `min-api-version`; or the engine's default. */
  readonly setBy: 'default' | 'environment' | 'setting';
}

export type NodeResourceInterface =
  /** The engine has none. */
  | { readonly kind: 'unknown-to-engine' }
  | { readonly kind: 'off' }
  | { readonly kind: 'on'; readonly plugins: readonly ProgramFile[] };

export interface ProgramFile {
  readonly path: string;
  /** Hex. */
  readonly sha256: string;
}

export interface ManagedPlugin {
  /** `docker.io/vieux/sshfs:latest`. */
  readonly reference: string;
  /** Without CAP_, upper case. */
  readonly capabilities: readonly string[];
  /** Paths of the host that it mounts. */
  readonly mounts: readonly string[];
  /** Whether it may use every device. */
  readonly allDevices: boolean;
}

export interface OwnedFolder {
  readonly path: string;
  readonly uid: number;
  /** Permission bits. */
  readonly mode: number;
}

/** `off`: this engine is in no swarm. Facts that only a manager can tell are missing on a worker. */
export type OfSwarm<Facts> = { readonly kind: 'off' } | ({ readonly kind: 'on' } & Facts);

export interface SwarmFacts {
  /** As the engine says it: `inactive`, `pending`, `active`, `error`, `locked`. */
  readonly swarmState: string;
  readonly swarmManagers: OfSwarm<{ readonly count: number }>;
  /** Addresses at which managers listen for the others. */
  readonly swarmListeners: OfSwarm<{ readonly addresses: readonly TcpAddress[] }>;
  readonly swarmOverlays: OfSwarm<{
    readonly networks: readonly { readonly name: string; readonly isEncrypted: boolean }[];
  }>;
  readonly swarmAutoLock: OfSwarm<{ readonly isLocked: boolean }>;
  /** When the key that unlocks managers was changed last, ISO 8601. */
  readonly swarmKeyChange: OfSwarm<{ readonly at: string }>;
  readonly swarmNodeCertificates: OfSwarm<{
    /** Days for which a node's certificate holds. */
    readonly days: number;
  }>;
  readonly swarmAuthority: OfSwarm<{
    /** ISO 8601. */
    readonly validFrom: string;
    readonly isChanging: boolean;
  }>;
  readonly swarmAddresses: OfSwarm<{
    /** Address for the traffic of managers. */
    readonly control: string;
    /** Address for the traffic of containers; equal to `control` where none was named. */
    readonly data: string;
  }>;
}
