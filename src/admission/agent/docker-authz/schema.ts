import { z } from 'zod';

// What is read of the engine's answers. What an older engine does not say is missing.

const text = z.string().catch('');
const textMap = z.record(z.string(), z.string()).nullish().catch(null);

export const EngineInfo = z.object({
  DockerRootDir: text,
  SecurityOptions: z.array(z.string()).nullish().catch(null),
});

export const InspectedContainer = z.object({
  Id: z.string(),
  Name: text,
  Image: z.string(),
  State: z.object({ Pid: z.int().catch(0) }),
  Config: z.object({ Image: text, Labels: textMap }),
  HostConfig: z.object({
    PidMode: text,
    NetworkMode: text,
    IpcMode: text,
    UTSMode: text,
    UsernsMode: text,
    CgroupnsMode: text,
  }),
  Mounts: z.array(z.object({ Type: text, Name: text, Source: text, Destination: text })).nullish(),
});
export type InspectedContainer = z.infer<typeof InspectedContainer>;

export const InspectedVolume = z.object({ Driver: text, Options: textMap });
