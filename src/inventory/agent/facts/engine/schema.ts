import { z } from 'zod';
import type { Immutable } from '#base/index.ts';

// What is read of an engine's own answers. Values of another type than expected make that one fact missing.

const text = z.string();
const texts = z.array(z.string()).nullish();
const flag = z.boolean();

/** Of a list or map, as many as any real engine has; the bytes of an answer are bounded before. */
const Runtime = z.object({
  path: text.nullish(),
  runtimeType: text.nullish(),
  options: z.object({ BinaryName: text.nullish() }).nullish(),
});

/** `GET /info` */
export const Info = z.object({
  Name: text.optional().catch(undefined),
  SecurityOptions: texts.catch(undefined),
  Debug: flag.optional().catch(undefined),
  LoggingDriver: text.optional().catch(undefined),
  LiveRestoreEnabled: flag.optional().catch(undefined),
  DefaultRuntime: text.optional().catch(undefined),
  Runtimes: z.record(text, Runtime).optional().catch(undefined),
  DriverStatus: z.array(texts).nullish().catch(undefined),
  DockerRootDir: text.optional().catch(undefined),
  CgroupVersion: text.optional().catch(undefined),
  HttpProxy: text.optional().catch(undefined),
  HttpsProxy: text.optional().catch(undefined),
  CDISpecDirs: texts.catch(undefined),
  NRI: z
    .object({ Info: z.array(z.array(text)).nullish() })
    .nullish()
    .catch(undefined),
  Plugins: z.object({ Authorization: texts }).optional().catch(undefined),
  RegistryConfig: z
    .object({
      InsecureRegistryCIDRs: texts,
      IndexConfigs: z.record(text, z.object({ Secure: flag })).nullish(),
      Mirrors: texts,
    })
    .optional()
    .catch(undefined),
  Swarm: z.object({ LocalNodeState: text, ControlAvailable: flag }).optional().catch(undefined),
});
export type Info = Immutable<z.infer<typeof Info>>;

/** `GET /version` */
export const Version = z.object({ ApiVersion: text, MinAPIVersion: text.optional().catch(undefined) });
export type Version = Immutable<z.infer<typeof Version>>;

/** `GET /networks` */
export const Networks = z.array(
  z.object({
    Name: text,
    Driver: text,
    Scope: text,
    EnableIPv6: flag.nullish(),
    Options: z.record(text, text).nullish(),
  }),
);
export type Networks = Immutable<z.infer<typeof Networks>>;

/** `GET /nodes` */
export const Nodes = z.array(z.object({ Spec: z.object({ Role: text }) }));

/** `GET /swarm`, without the tokens that it also holds. */
export const Swarm = z.object({
  Spec: z.object({
    CAConfig: z.object({ NodeCertExpiry: z.number().optional() }).optional(),
    EncryptionConfig: z.object({ AutoLockManagers: flag.optional() }).optional(),
  }),
  TLSInfo: z.object({ TrustRoot: text }).optional(),
  RootRotationInProgress: flag.optional(),
});
export type Swarm = Immutable<z.infer<typeof Swarm>>;

/** `swarm/docker-state.json` below the engine's root. */
export const SwarmState = z.object({ ListenAddr: text, AdvertiseAddr: text, DataPathAddr: text });
export type SwarmState = Immutable<z.infer<typeof SwarmState>>;

/** `GET /plugins`, without their settings. */
export const Plugins = z.array(
  z.object({
    PluginReference: text.optional(),
    Name: text,
    Enabled: flag,
    Config: z.object({
      Linux: z.object({ Capabilities: texts, AllowAllDevices: flag.nullish() }).nullish(),
    }),
    Settings: z.object({ Mounts: z.array(z.object({ Source: text.nullish() })).nullish() }).nullish(),
  }),
);

const limits = z.object({ NanoCPUs: z.int(), MemoryBytes: z.int(), Pids: z.int() }).partial();

/** What a task of a service is made of, as far as it is read. */
const ContainerSpecification = z.object({
  Image: text.catch(''),
  Env: texts,
  Command: texts,
  Args: texts,
  Labels: z.record(text, text).nullish(),
  Groups: texts,
  CapabilityAdd: texts,
  CapabilityDrop: texts,
  Sysctls: z.record(text, text).nullish(),
  Ulimits: z.array(z.object({ Name: text })).nullish(),
  ReadOnly: flag.nullish(),
  Hosts: texts,
  OomScoreAdj: z.int().nullish(),
  Mounts: z.array(z.looseObject({ Type: text.nullish(), Source: text.nullish() })).nullish(),
  Privileges: z
    .object({
      Seccomp: z.object({ Mode: text.nullish(), Profile: text.nullish() }).nullish(),
      AppArmor: z.object({ Mode: text.nullish() }).nullish(),
      SELinuxContext: z.object({ Disable: flag.nullish() }).nullish(),
      NoNewPrivileges: flag.nullish(),
    })
    .nullish(),
});

/** `GET /services` */
export const Services = z.array(
  z.object({
    Spec: z.object({
      Name: text,
      TaskTemplate: z.object({
        ContainerSpec: ContainerSpecification.nullish(),
        Resources: z.object({ Limits: limits.nullish() }).nullish(),
        LogDriver: z.object({ Name: text.optional() }).nullish(),
      }),
    }),
  }),
);
export type Services = z.infer<typeof Services>;

/** Ports that containers publish, as `GET /containers/json` lists them. */
export const PublishedPorts = z.array(
  z.object({
    Ports: z.array(z.object({ IP: text.optional(), PublicPort: z.int().optional(), Type: text })).nullish(),
  }),
);

/** Ports of services, as `GET /services` lists them. */
export const ServicePorts = z.array(
  z.object({
    Endpoint: z
      .object({ Ports: z.array(z.object({ Protocol: text.optional(), PublishedPort: z.int().optional() })).nullish() })
      .nullish(),
  }),
);

/** Line of `GET /events` about the engine itself. */
export const DaemonEvent = z.object({
  Type: text,
  Action: text,
  Actor: z.object({ Attributes: z.record(text, text) }),
  time: z.number(),
});
