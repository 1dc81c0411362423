import { z } from 'zod';

/**
 * What images say of themselves, as the OCI image specification 1.1 and `docker save` write it. Everything not used is
 * dropped; what is optional there is optional here.
 */

const text = z.string().max(65_536);
const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/);
const texts = z.array(text).max(4096).nullish();

const PlatformText = z.object({ os: text.optional(), architecture: text.optional(), variant: text.optional() });

/** A pointer to a blob ("OCI Content Descriptors"). */
export const Descriptor = z.object({
  mediaType: text.optional(),
  digest,
  size: z.number().optional(),
  platform: PlatformText.nullish(),
  annotations: z.record(z.string(), z.string()).nullish(),
});
export type Descriptor = z.infer<typeof Descriptor>;

/** `index.json` and nested image indexes. */
export const IndexFile = z.object({ mediaType: text.optional(), manifests: z.array(Descriptor).max(10_000) });
export type IndexFile = z.infer<typeof IndexFile>;

/** What tells an index from a manifest; the media type is optional in both. */
export const RootFile = z.object({ mediaType: text.optional(), manifests: z.array(z.unknown()).optional() });

/** An image manifest. */
export const ManifestFile = z.object({
  mediaType: text.optional(),
  config: Descriptor,
  layers: z.array(Descriptor).max(1000),
});
export type ManifestFile = z.infer<typeof ManifestFile>;

/** An image config. Environment variables are not read. */
export const ConfigFile = z.object({
  os: text.optional(),
  architecture: text.optional(),
  variant: text.optional(),
  created: text.nullish(),
  config: z
    .object({
      User: text.nullish(),
      Entrypoint: texts,
      Cmd: texts,
      ExposedPorts: z.record(z.string(), z.unknown()).nullish(),
      WorkingDir: text.nullish(),
      Healthcheck: z.object({ Test: texts }).nullish(),
      Labels: z.record(z.string(), z.string()).nullish(),
    })
    .nullish(),
  rootfs: z.object({ diff_ids: z.array(digest).max(1000) }),
  history: z
    .array(
      z.object({
        created: text.nullish(),
        created_by: z.string().nullish(),
        comment: z.string().nullish(),
        empty_layer: z.boolean().nullish(),
      }),
    )
    .max(2000)
    .nullish(),
});
export type ConfigFile = z.infer<typeof ConfigFile>;

/** `manifest.json` of `docker save`. */
export const SavedImages = z
  .array(z.object({ Config: text, RepoTags: z.array(text).nullish(), Layers: z.array(text).max(1000) }))
  .max(10_000);
export type SavedImages = z.infer<typeof SavedImages>;
