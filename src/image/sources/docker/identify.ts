import { type ImageDigest, isImageDigest } from '#base/index.ts';
import type { OpenedImage, OpenOptions } from '../../source.ts';
import { describeEngine, inspectImage } from './engine.ts';
import { openInPlace } from './open.ts';
import { openSaved } from './saved.ts';

/** Which image an engine means by one of its ids. */
export interface IdentifiedImage {
  /** Digest of the config. */
  readonly digest: ImageDigest;
  readonly manifestDigest?: string;
  readonly indexDigest?: string;
  /** `repository:tag` by the engine's word. */
  readonly names: readonly string[];
  /** `repository@digest` by the engine's word. */
  readonly repoDigests: readonly string[];
}

/**
 * Translates an engine's id or name into the image's digest, without reading a layer where the engine's files can be
 * read, or the image was scanned before. `undefined` where the engine has no such image. Throws as `ImageSource.open`.
 */
export async function configDigestOf(id: string, options: OpenOptions): Promise<IdentifiedImage | undefined> {
  const image = await inspectImage(options.dockerSocket, id);
  if (image === undefined) return undefined;
  const { names, repoDigests } = image;
  const inPlace = await openInPlace(image, options, 'documents');
  if (inPlace !== undefined) return { ...(await identityOf(inPlace)), names, repoDigests };
  // Docker's own store names an image by the digest of its config.
  const { store } = await describeEngine(options.dockerSocket);
  if (store === 'docker' && isImageDigest(image.id)) return { digest: image.id, names, repoDigests };
  return { ...(await identityOf(await openSaved(image, options))), names, repoDigests };
}

async function identityOf(opened: OpenedImage): Promise<Omit<IdentifiedImage, 'names' | 'repoDigests'>> {
  await opened.close();
  const { digest, manifestDigest, indexDigest } = opened.subject;
  return { digest, ...(manifestDigest && { manifestDigest }), ...(indexDigest && { indexDigest }) };
}
