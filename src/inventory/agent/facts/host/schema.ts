import { z } from 'zod';

/** What `nft -j list ruleset` prints, as far as it is read. */
export const NftRuleset = z.object({
  nftables: z.array(
    z.object({
      chain: z
        .object({
          family: z.string(),
          table: z.string(),
          name: z.string(),
          hook: z.string().optional(),
          policy: z.string().optional(),
        })
        .optional(),
      rule: z
        .object({
          family: z.string(),
          table: z.string(),
          chain: z.string(),
          expr: z.array(z.record(z.string(), z.unknown())).default([]),
        })
        .optional(),
    }),
  ),
});

/** KubeletConfiguration of kubelet.config.k8s.io/v1beta1; what is left out has the default of a file. */
export const KubeletConfiguration = z.object({
  kind: z.literal('KubeletConfiguration'),
  authentication: z.object({ anonymous: z.object({ enabled: z.boolean().default(false) }).optional() }).optional(),
  authorization: z.object({ mode: z.string().default('Webhook') }).optional(),
  readOnlyPort: z.number().int().default(0),
  rotateCertificates: z.boolean().default(false),
  seccompDefault: z.boolean().default(false),
  staticPodPath: z.string().optional(),
});

/** The engine's `/info`, as far as it is read. */
export const EngineInfo = z.object({
  SecurityOptions: z.array(z.string().max(4096)).max(100).nullable().default([]),
});

/** One container as the engine's `/containers/{id}/json` describes it. */
export const InspectedContainer = z.object({
  Name: z.string(),
  Image: z.string(),
  State: z.object({ Status: z.string(), FinishedAt: z.string().optional() }),
  Config: z.object({ Labels: z.record(z.string(), z.string()).nullable().default({}) }),
});

/** One image of the engine's `/images/json`. */
export const ListedImage = z.object({
  Id: z.string(),
  RepoTags: z.array(z.string()).nullable().default([]),
});
export type InspectedContainer = z.infer<typeof InspectedContainer>;
