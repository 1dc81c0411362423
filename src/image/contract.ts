import { z } from 'zod';
import type { Immutable } from '#base/index.ts';
import { diffId, digest, imageDigest, line, moment, subjectId } from '#http/fields.ts';

export { countFaults, type FaultKind, faultKindOf, mostFaultsCounted } from './contract-fault.ts';

/** Operating system, architecture and variant, as in OCI image indexes: `linux/arm/v7`. */
export const Platform = z.object({ os: line(32), architecture: line(32), variant: line(32).optional() });
export type Platform = Immutable<z.infer<typeof Platform>>;

export const Layer = z.object({
  /** 0 is the lowest. */
  index: z.int().min(0),
  diffId,
  /** Digest of the layer's blob as stored, when the source names one. */
  digest: digest.optional(),
  /** Bytes of the uncompressed tar, at most 8 TiB: so many that those of 1000 layers still add up exactly. */
  size: z
    .int()
    .min(0)
    .max(2 ** 43),
  /** The build step that made it, as the image's history tells. */
  createdBy: line(65_536).optional(),
});
export type Layer = Immutable<z.infer<typeof Layer>>;

/** One line of an image's history; `layer` is missing when the step made none (ENV, USER, …). */
export const BuildStep = z.object({
  createdBy: z.string().max(65_536),
  created: moment.optional(),
  layer: z.int().min(0).optional(),
});
export type BuildStep = Immutable<z.infer<typeof BuildStep>>;

/** What an image says of how to run it. Values of environment variables are never read. */
export const RunSettings = z.object({
  user: line(256).optional(),
  entrypoint: z.array(z.string().max(65_536)).max(4096),
  command: z.array(z.string().max(65_536)).max(4096),
  exposedPorts: z.array(line(64)).max(4096),
  workingDirectory: line(4096).optional(),
  healthcheck: z.boolean(),
  labels: z.record(z.string().max(1024), z.string().max(65_536)),
});
export type RunSettings = Immutable<z.infer<typeof RunSettings>>;

/** An image, known by the digest of its config. */
export const ImageSubject = z.object({
  kind: z.literal('image'),
  digest: imageDigest,
  manifestDigest: digest.optional(),
  indexDigest: digest.optional(),
  platform: Platform,
  created: moment.optional(),
  /** Names under which the source knows it, `registry/repository:tag`; they prove nothing. */
  names: z.array(line(512)).max(1000),
  layers: z.array(Layer).max(1000),
  history: z.array(BuildStep).max(2000),
  settings: RunSettings,
});
export type ImageSubject = Immutable<z.infer<typeof ImageSubject>>;

/** A file system without an image around it: a host's root or a folder. */
export const FileSystemSubject = z.object({
  kind: z.literal('file-system'),
  id: subjectId,
  name: line(255),
  path: line(4096),
});
export type FileSystemSubject = Immutable<z.infer<typeof FileSystemSubject>>;

/** What can be scanned. */
export const Subject = z.discriminatedUnion('kind', [ImageSubject, FileSystemSubject]);
export type Subject = Immutable<z.infer<typeof Subject>>;
