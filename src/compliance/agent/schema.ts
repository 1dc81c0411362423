import { z } from 'zod';
import type { Immutable } from '#base/index.ts';

// What is read of an engine's lists. Their bytes are bounded before.

const text = z.string().catch('');

/** `GET /containers/json?all=1` */
export const ListedContainers = z.array(
  z.object({
    Id: z.string(),
    Names: z.array(z.string()).nullish(),
    ImageID: text,
    State: text,
    Labels: z.record(z.string(), z.string()).nullish().catch(null),
    NetworkSettings: z
      .object({ Networks: z.record(z.string(), z.object({ NetworkID: text }).nullish()).nullish() })
      .nullish()
      .catch(null),
  }),
);
export type ListedContainer = Immutable<z.infer<typeof ListedContainers>>[number];

/** `GET /networks` */
export const ListedNetworks = z.array(z.object({ Id: z.string(), Name: z.string(), Driver: text }));
export type ListedNetwork = Immutable<z.infer<typeof ListedNetworks>>[number];

/** `GET /images/json` */
export const ListedImages = z.array(
  z.object({ Id: z.string(), RepoDigests: z.array(z.string()).nullish(), RepoTags: z.array(z.string()).nullish() }),
);
export type ListedImage = Immutable<z.infer<typeof ListedImages>>[number];

/** `GET /images/ID/json`, as far as its platform and its names are read. */
export const InspectedPlatform = z.object({
  Os: z.string().min(1),
  Architecture: z.string().min(1),
  Variant: z.string().nullish(),
  RepoDigests: z.array(z.string()).nullish(),
});

/** `GET /info` */
export const SwarmRole = z.object({ Swarm: z.object({ ControlAvailable: z.boolean() }).nullish() });
export const RegistryMirrors = z.object({
  RegistryConfig: z.object({ Mirrors: z.array(z.string()).nullish() }).nullish(),
});
