import { z } from 'zod';
import type { Immutable } from '#base/index.ts';

// What is read of image configs and manifests, part by part: a part of another form makes the facts of this part unknown,
// and no other. What is absent or null has its zero, as in the programs that read them.

export const Text = z.string().max(65_536).nullish();
export const Texts = z.array(z.string().max(65_536)).max(4096).nullish();
export const Keys = z.record(z.string().max(4096), z.unknown()).nullish();
export const TextMap = z.record(z.string().max(4096), z.string().max(65_536)).nullish();
export const HealthCheck = z.object({ Test: Texts }).nullish();

export const History = z
  .array(z.object({ created_by: z.string().max(65_536).nullish(), comment: Text, empty_layer: z.boolean().nullish() }))
  .max(2000)
  .nullish();
export type History = Immutable<z.infer<typeof History>>;

const part = z.unknown().optional();

/** The whole, as far as it must be an object. */
export const ConfigParts = z.object({
  architecture: part,
  os: part,
  variant: part,
  created: part,
  history: part,
  config: z
    .object({
      User: part,
      Env: part,
      ExposedPorts: part,
      Healthcheck: part,
      Volumes: part,
      WorkingDir: part,
      OnBuild: part,
      Labels: part,
      Entrypoint: part,
      Cmd: part,
    })
    .nullish(),
});
export type ConfigParts = z.infer<typeof ConfigParts>;

export const ManifestLayers = z.object({
  layers: z.array(z.object({ mediaType: Text, urls: z.array(z.string().max(4096)).max(100).nullish() })).max(1000),
});
