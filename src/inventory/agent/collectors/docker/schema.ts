import { z } from 'zod';

// What is read of the engine's answers (Docker Engine API v1.24 and later). Everything else is left out; what an older or
// newer engine does not say is missing, never an error.

const text = z.string().catch('');
const flag = z.boolean().catch(false);
const texts = z.array(z.string()).nullish().catch(null);
const textMap = z.record(z.string(), z.string()).nullish().catch(null);

export const EngineVersion = z.object({ Version: text });

export const EngineInfo = z.object({
  Driver: text,
  DockerRootDir: text,
  CgroupVersion: text,
  DriverStatus: z.array(z.array(z.string())).nullish().catch(null),
  SecurityOptions: texts,
});
export type EngineInfo = z.infer<typeof EngineInfo>;

export const ListedImage = z.object({ Id: z.string(), RepoTags: texts, RepoDigests: texts });
export type ListedImage = z.infer<typeof ListedImage>;
export const ImageList = z.array(ListedImage);

export const ListedContainer = z.object({ Id: z.string(), ImageID: text, State: text, Names: texts });
export type ListedContainer = z.infer<typeof ListedContainer>;
export const ContainerList = z.array(ListedContainer);

const Bindings = z
  .record(
    z.string(),
    z
      .array(z.object({ HostIp: text, HostPort: text }))
      .nullish()
      .catch(null),
  )
  .nullish()
  .catch(null);

export const InspectedContainer = z.object({
  Id: z.string(),
  Name: text,
  Created: text,
  Path: text,
  Args: texts,
  Image: text,
  State: z.object({
    Status: text,
    Pid: z.int().catch(0),
    ExitCode: z.int().catch(0),
    StartedAt: text,
    FinishedAt: text,
  }),
  Config: z.object({
    Image: text,
    User: text,
    Labels: textMap,
    Healthcheck: z.object({ Test: texts }).nullish().catch(null),
    Shell: texts,
    ExposedPorts: z.record(z.string(), z.unknown()).nullish().catch(null),
  }),
  HostConfig: z.object({
    Privileged: flag,
    ReadonlyRootfs: flag,
    CapAdd: texts,
    CapDrop: texts,
    PidMode: text,
    NetworkMode: text,
    IpcMode: text,
    UTSMode: text,
    UsernsMode: text,
    CgroupnsMode: text,
    SecurityOpt: texts,
    Tmpfs: textMap,
    PortBindings: Bindings,
    Mounts: z
      .array(z.object({ Type: text, Source: text, Target: text, ReadOnly: flag }))
      .nullish()
      .catch(null),
  }),
  Mounts: z
    .array(z.object({ Type: text, Name: text, Source: text, Destination: text, RW: flag }))
    .nullish()
    .catch(null),
  NetworkSettings: z
    .object({ Ports: Bindings, Networks: z.record(z.string(), z.unknown()).nullish().catch(null) })
    .nullish()
    .catch(null),
});
export type InspectedContainer = z.infer<typeof InspectedContainer>;

export const EngineEvent = z.object({
  Type: z.string(),
  Action: z.string(),
  Actor: z.object({ ID: text, Attributes: textMap }),
  time: z.number().catch(0),
});
export type EngineEvent = z.infer<typeof EngineEvent>;
