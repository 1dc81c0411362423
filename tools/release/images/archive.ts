import { createHash } from 'node:crypto';

/** A file of an archive that engines load, by its digest. */
export interface Blob {
  /** `sha256:…`. */
  readonly digest: string;
  readonly size: number;
}

/** A layer: gzip of a tar. */
export interface Layer extends Blob {
  /** Digest of the tar. */
  readonly diffId: string;
  /** How it came to be, for the image's history. */
  readonly made: string;
}

export interface ImageFacts {
  /** `seawall/console`. */
  readonly name: string;
  readonly version: string;
  /** Seconds since 1970. */
  readonly created: number;
  readonly config: Readonly<Record<string, unknown>>;
  /** The lowest first. */
  readonly layers: readonly Layer[];
}

/** The documents of an image, beside its layers, and its identity. */
export interface ImageDocuments {
  /** Digest of the configuration. */
  readonly digest: string;
  /** Path → text: an OCI layout, which is a `docker save` archive as well. */
  readonly files: ReadonlyMap<string, string>;
}

const media = 'application/vnd.oci.image';
const platform = { architecture: 'amd64', os: 'linux' } as const;

/** Path of a blob in a layout. */
export function blobPath({ digest }: Pick<Blob, 'digest'>): string {
  return `blobs/${digest.replace(':', '/')}`;
}

/** Docker's own store reads `manifest.json`, containerd's and other engines the layout; both name the same blobs. */
export function imageDocuments(image: ImageFacts): ImageDocuments {
  const { name, version, layers } = image;
  const config = document(configOf(image));
  const manifest = document({
    schemaVersion: 2,
    mediaType: `${media}.manifest.v1+json`,
    config: { mediaType: `${media}.config.v1+json`, ...blobOf(config) },
    layers: layers.map(({ digest, size }) => ({ mediaType: `${media}.layer.v1.tar+gzip`, digest, size })),
  });
  const tags = [version, 'latest'];
  const index = {
    schemaVersion: 2,
    mediaType: `${media}.index.v1+json`,
    manifests: tags.map((tag) => ({
      mediaType: `${media}.manifest.v1+json`,
      ...blobOf(manifest),
      platform,
      annotations: {
        'io.containerd.image.name': `docker.io/${name}:${tag}`,
        'org.opencontainers.image.ref.name': tag,
      },
    })),
  };
  const saved = {
    Config: blobPath(blobOf(config)),
    RepoTags: tags.map((tag) => `${name}:${tag}`),
    Layers: layers.map(blobPath),
  };
  return {
    digest: blobOf(config).digest,
    files: new Map([
      [blobPath(blobOf(config)), config],
      [blobPath(blobOf(manifest)), manifest],
      ['index.json', document(index)],
      ['manifest.json', document([saved])],
      ['oci-layout', document({ imageLayoutVersion: '1.0.0' })],
    ]),
  };
}

function configOf({ created, config, layers }: ImageFacts): object {
  const time = new Date(created * 1000).toISOString();
  return {
    created: time,
    ...platform,
    config,
    rootfs: { type: 'layers', diff_ids: layers.map(({ diffId }) => diffId) },
    history: layers.map(({ made }) => ({ created: time, created_by: made })),
  };
}

function document(value: unknown): string {
  return JSON.stringify(value);
}

function blobOf(text: string): Blob {
  const bytes = Buffer.from(text);
  return { digest: `sha256:${createHash('sha256').update(bytes).digest('hex')}`, size: bytes.length };
}
