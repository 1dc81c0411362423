import { AppError } from '#base/index.ts';
import { type BlobStore, readDocument } from './blob-store.ts';
import { SavedImages } from './schema.ts';
import { type ImageOrigin, parseJson } from './subject.ts';

/**
 * Reads the image of a `docker save` archive by its `manifest.json`. `layerPaths` say where the layers lie, lowest first.
 * Throws `target-unreadable` where it holds several and none is named, `target-not-found`, `target-corrupt`.
 */
export async function readSavedImage(
  store: BlobStore,
  name: string | undefined,
): Promise<{ readonly config: Buffer; readonly origin: ImageOrigin; readonly layerPaths: readonly string[] }> {
  const bytes = await readDocument(store, 'manifest.json');
  const images = parseJson(bytes, { schema: SavedImages, target: store.target, what: 'manifest' });
  const image = choose(images, name, store.target);
  const configDigest = digestInName(image.Config);
  return {
    config: await readDocument(store, image.Config),
    origin: {
      target: store.target,
      ...(configDigest && { configDigest }),
      names: image.RepoTags ?? [],
      blobDigests: image.Layers.map(digestOfBlobPath),
    },
    layerPaths: image.Layers,
  };
}

type SavedImage = SavedImages[number];

function choose(images: SavedImages, name: string | undefined, target: string): SavedImage {
  const distinct = [...new Map(images.map((image) => [image.Config, image])).values()];
  const named = name === undefined ? distinct : distinct.filter((image) => isNamed(image, name));
  const [first, ...others] = named;
  const list = distinct.map((image) => image.RepoTags?.[0] ?? image.Config).slice(0, 20);
  if (first === undefined) {
    if (name === undefined) throw new AppError('target-unreadable', `${target} holds no image.`);
    throw new AppError('target-not-found', `${target} holds no image ${name}, but ${list.join(', ') || 'none'}.`);
  }
  if (others.length > 0) {
    const message = `${target} holds several images: ${list.join(', ')}.`;
    throw new AppError('target-unreadable', message, { next: `Name one of them: ${target}:NAME.` });
  }
  return first;
}

function isNamed(image: SavedImage, name: string): boolean {
  const digest = digestInName(image.Config);
  return digest === name || (image.RepoTags ?? []).some((tag) => tag === name || tag.endsWith(`/${name}`));
}

/** Savers name the config after its digest: `HEX.json`, `sha256:HEX`, `blobs/sha256/HEX`. */
function digestInName(path: string): string | undefined {
  const hex = /(?:^|[/:])([0-9a-f]{64})(?:\.json)?$/.exec(path)?.[1];
  return hex && `sha256:${hex}`;
}

/** Only paths of the OCI layout name a blob's digest; `ID/layer.tar` names none. */
function digestOfBlobPath(path: string): string | undefined {
  const hex = /^blobs\/sha256\/([0-9a-f]{64})$/.exec(path)?.[1];
  return hex && `sha256:${hex}`;
}
