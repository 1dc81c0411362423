import { z } from 'zod';

/** What registries, their token servers and Docker's settings say. Everything not used is dropped. */

const text = z.string().max(65_536);

/** Answer of a token server. */
export const TokenAnswer = z.object({ token: text.optional(), access_token: text.optional() });

/** `~/.docker/config.json`. Programs that keep credentials are not run. */
export const DockerConfig = z.object({
  auths: z
    .record(
      z.string(),
      z.object({
        auth: text.optional(),
        username: text.optional(),
        password: text.optional(),
        identitytoken: text.optional(),
      }),
    )
    .optional(),
});
export type DockerConfig = z.infer<typeof DockerConfig>;

/** Manifests that refer to another one: the answer of the referrers API, and the index of the tag scheme. */
export const ReferrersFile = z.object({
  manifests: z
    .array(
      z.object({
        mediaType: text.optional(),
        digest: z.string().regex(/^sha256:[0-9a-f]{64}$/),
        artifactType: text.optional(),
        annotations: z.record(z.string(), z.string()).nullish(),
      }),
    )
    .max(10_000),
});

/** A manifest of whatever kind: an image, a signature, a bundle. */
export const AnyManifest = z.object({
  mediaType: text.optional(),
  artifactType: text.optional(),
  config: z.object({ mediaType: text.optional() }).optional(),
  subject: z.object({ digest: text }).nullish(),
  layers: z
    .array(
      z.object({
        mediaType: text.optional(),
        digest: z.string().regex(/^sha256:[0-9a-f]{64}$/),
        size: z.number().optional(),
        annotations: z.record(z.string(), z.string()).nullish(),
      }),
    )
    .max(1000)
    .default([]),
});
export type AnyManifest = z.infer<typeof AnyManifest>;
