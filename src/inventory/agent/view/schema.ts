import { z } from 'zod';

// What is read of the engine's answers. What an older engine does not say is missing.

const text = z.string().catch('');
const textMap = z.record(z.string(), z.string()).nullish().catch(null);

/** Where volumes without a name are mounted. */
const targets = z.record(z.string(), z.object({}).nullish()).nullish().catch(null);

export const EngineInfo = z.object({
  DockerRootDir: text,
  SecurityOptions: z.array(z.string()).nullish().catch(null),
});

export const InspectedContainer = z.object({
  Id: z.string(),
  Name: text,
  /** The engine's id of the image: of the config or of a manifest. */
  Image: z.string(),
  Config: z.object({ Image: text, Labels: textMap, Volumes: targets }),
  HostConfig: z.looseObject({
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

export const InspectedImage = z.object({
  Id: z.string(),
  Config: z.object({ Volumes: targets }).nullish().catch(null),
});

export const InspectedNetwork = z.object({ Driver: text });
export const InspectedVolume = z.object({ Driver: text, Options: textMap });

/** An answer as it came, for readers that parse each of its members by themselves. */
export const unparsed = z.unknown();
