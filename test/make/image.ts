import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { file, makeTar, symlink, type TarEntry } from './tar.ts';

/** How an image is made; layers are uncompressed tars, lowest first. */
export interface ImageOptions {
  readonly architecture?: string;
  readonly os?: string;
  readonly variant?: string;
  readonly names?: readonly string[];
  readonly compression?: 'none' | 'gzip' | 'zstd';
  /** Build steps of the layers, in their order. */
  readonly steps?: readonly string[];
  /** Laid over the config as made. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Digests of the layers, where somebody knows them: large ones take a while. */
  readonly diffIds?: readonly string[];
}

/** An image as bytes, with the digests that a reader must find. */
export interface MadeImage {
  readonly bytes: Uint8Array;
  /** Digest of the config: the identity. */
  readonly digest: string;
  readonly diffIds: readonly string[];
}

export function sha256(bytes: Uint8Array | string): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** What `docker save` wrote before Docker 25: `manifest.json`, `CONFIG.json`, `LAYER/layer.tar`; a repeated layer is a symbolic link. */
export function dockerArchive(layers: readonly Uint8Array[], options: ImageOptions = {}): MadeImage {
  const diffIds = options.diffIds ?? layers.map(sha256);
  const config = imageConfig(diffIds, options);
  const configName = `${hexOf(sha256(config))}.json`;
  const seen = new Map<string, string>();
  const entries: TarEntry[] = [];
  const paths = layers.map((layer, index) => {
    const path = `${hexOf(sha256(`layer ${index}`))}/layer.tar`;
    const diffId = diffIds[index] ?? '';
    const first = seen.get(diffId);
    entries.push(first === undefined ? file(path, layer) : symlink(path, `../${first}`));
    if (first === undefined) seen.set(diffId, path);
    return path;
  });
  const manifest = [{ Config: configName, RepoTags: options.names ?? ['made:1'], Layers: paths }];
  const bytes = makeTar([...entries, file(configName, config), file('manifest.json', JSON.stringify(manifest))]);
  return { bytes, digest: sha256(config), diffIds };
}

/** The same image, whose bytes are put together each time that they are asked for: several of large layers do not fit. */
export function largeArchive(layers: readonly Uint8Array[], options: ImageOptions = {}): MadeImage {
  const diffIds = options.diffIds ?? layers.map(sha256);
  const all = { ...options, diffIds };
  return {
    digest: sha256(imageConfig(diffIds, all)),
    diffIds,
    get bytes() {
      return dockerArchive(layers, all).bytes;
    },
  };
}

/** One image as its OCI blobs, by digest, with its manifest's descriptor. */
export interface OciImage {
  readonly blobs: ReadonlyMap<string, Uint8Array>;
  readonly descriptor: Readonly<Record<string, unknown>> & { readonly digest: string };
  readonly digest: string;
  readonly diffIds: readonly string[];
}

export function ociImage(layers: readonly Uint8Array[], options: ImageOptions = {}): OciImage {
  const kind = options.compression ?? 'gzip';
  const diffIds = options.diffIds ?? layers.map(sha256);
  const config = imageConfig(diffIds, options);
  const packed = layers.map((layer) => compress(layer, kind));
  const suffix = kind === 'none' ? '' : `+${kind}`;
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      config: describe('application/vnd.oci.image.config.v1+json', config),
      layers: packed.map((layer) => describe(`application/vnd.oci.image.layer.v1.tar${suffix}`, layer)),
    }),
  );
  return {
    blobs: new Map([config, manifest, ...packed].map((bytes) => [sha256(bytes), bytes])),
    descriptor: {
      ...describe('application/vnd.oci.image.manifest.v1+json', manifest),
      platform: platformOf(options),
      ...(options.names?.[0] && { annotations: { 'org.opencontainers.image.ref.name': options.names[0] } }),
    },
    digest: sha256(config),
    diffIds,
  };
}

/** Files of an OCI layout that holds these images, path → bytes. `extra` are further entries of the index. */
export function ociLayout(
  images: readonly OciImage[],
  extra: readonly Readonly<Record<string, unknown>>[] = [],
): ReadonlyMap<string, Uint8Array> {
  const index = {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.index.v1+json',
    manifests: [...images.map((image) => image.descriptor), ...extra],
  };
  const blobs = images.flatMap((image) => [...image.blobs]);
  return new Map<string, Uint8Array>([
    ['oci-layout', Buffer.from('{"imageLayoutVersion":"1.0.0"}')],
    ['index.json', Buffer.from(JSON.stringify(index))],
    ...blobs.map(([digest, bytes]) => [blobPath(digest), bytes] as const),
  ]);
}

/** The same layout as one tar. */
export function ociArchive(images: readonly OciImage[]): Uint8Array {
  return makeTar([...ociLayout(images)].map(([path, bytes]) => file(path, bytes)));
}

export async function writeLayout(folder: string, files: ReadonlyMap<string, Uint8Array>): Promise<void> {
  for (const [path, bytes] of files) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), bytes);
  }
}

export function blobPath(digest: string): string {
  return `blobs/${digest.replace(':', '/')}`;
}

export function describe(mediaType: string, bytes: Uint8Array): { mediaType: string; digest: string; size: number } {
  return { mediaType, digest: sha256(bytes), size: bytes.length };
}

function imageConfig(diffIds: readonly string[], options: ImageOptions): Uint8Array {
  const steps = options.steps ?? diffIds.map((_, index) => `RUN step ${index + 1}`);
  const config = {
    ...platformOf(options),
    created: '2026-01-02T03:04:05Z',
    config: { Cmd: ['/bin/sh'] },
    rootfs: { type: 'layers', diff_ids: diffIds },
    history: steps.map((step) => ({ created: '2026-01-02T03:04:05Z', created_by: step })),
    ...options.config,
  };
  return Buffer.from(JSON.stringify(config));
}

function platformOf(options: ImageOptions): Readonly<Record<string, string>> {
  return {
    architecture: options.architecture ?? 'amd64',
    os: options.os ?? 'linux',
    ...(options.variant && { variant: options.variant }),
  };
}

function compress(bytes: Uint8Array, kind: 'none' | 'gzip' | 'zstd'): Uint8Array {
  if (kind === 'none') return bytes;
  return kind === 'gzip' ? gzipSync(bytes) : zstdCompressSync(bytes);
}

function hexOf(digest: string): string {
  return digest.slice('sha256:'.length);
}
