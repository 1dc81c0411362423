import { z } from 'zod';
import type { Immutable } from '#base/index.ts';

// What is read of create requests and runtime specs. What is absent or null has its zero, as in the programs that read
// them; a value of another type makes the whole unreadable, and unreadable is never judged.

const text = z.string().nullish();
const texts = z.array(z.string()).nullish();
const flag = z.boolean().nullish();
const textMap = z.record(z.string(), z.string()).nullish();

const RequestMount = z.object({
  Type: text,
  Source: text,
  Target: text,
  VolumeOptions: z.object({ DriverConfig: z.object({ Name: text, Options: textMap }).nullish() }).nullish(),
});

const RequestDevice = z.object({ PathOnHost: text, PathInContainer: text, CgroupPermissions: text });

const HostConfig = z.object({
  Privileged: flag,
  PidMode: text,
  NetworkMode: text,
  IpcMode: text,
  UTSMode: text,
  UsernsMode: text,
  CgroupnsMode: text,
  CapAdd: texts,
  CapDrop: texts,
  Binds: texts,
  Mounts: z.array(RequestMount).nullish(),
  VolumesFrom: texts,
  VolumeDriver: text,
  Devices: z.array(RequestDevice).nullish(),
  DeviceCgroupRules: texts,
  SecurityOpt: texts,
  /** Missing: the engine's own. */
  MaskedPaths: texts,
  ReadonlyPaths: texts,
});

/** What `POST /containers/create` asks for, as far as settings go. */
export const CreateRequest = z.object({
  Image: text,
  /** Where volumes without a name are mounted; an engine adds those of the image. */
  Volumes: z.record(z.string(), z.object({}).nullish()).nullish(),
  HostConfig: HostConfig.nullish(),
});
export type CreateRequest = Immutable<z.infer<typeof CreateRequest>>;
export type RequestMount = NonNullable<NonNullable<NonNullable<CreateRequest['HostConfig']>['Mounts']>[number]>;

const capabilities = z
  .object({ bounding: texts, effective: texts, inheritable: texts, permitted: texts, ambient: texts })
  .nullish();

const SpecDevice = z.object({ path: z.string(), type: z.string(), major: z.int().nullish(), minor: z.int().nullish() });

const SpecDeviceRule = z.object({
  allow: z.boolean(),
  type: text,
  major: z.int().nullish(),
  minor: z.int().nullish(),
  access: text,
});
export type SpecDeviceRule = Immutable<z.infer<typeof SpecDeviceRule>>;

/** `config.json` of a bundle, as a runtime gets it. */
export const RuntimeSpec = z.object({
  annotations: textMap,
  process: z.object({ capabilities }).nullish(),
  mounts: z.array(z.object({ destination: z.string(), type: text, source: text, options: texts })).nullish(),
  linux: z
    .object({
      namespaces: z.array(z.object({ type: z.string(), path: text })).nullish(),
      devices: z.array(SpecDevice).nullish(),
      resources: z.object({ devices: z.array(SpecDeviceRule).nullish() }).nullish(),
      seccomp: z.object({ defaultAction: z.string() }).nullish(),
      maskedPaths: texts,
      readonlyPaths: texts,
    })
    .nullish(),
});
export type RuntimeSpec = Immutable<z.infer<typeof RuntimeSpec>>;

export const SeccompProfile = z.object({ defaultAction: z.string() });
