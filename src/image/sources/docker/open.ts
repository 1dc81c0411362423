import { isAppError } from '#base/index.ts';
import type { OpenedImage, OpenOptions } from '../../source.ts';
import { type Need, openFromContentStore } from './content-store.ts';
import { describeEngine, type InspectedImage } from './engine.ts';
import { openOverlay2 } from './overlay2.ts';
import { imagePlaces } from './places.ts';
import { onceSaved, openSaved } from './saved.ts';

/**
 * Opens an image of an engine: from the engine's own files where this process can read all of them, else as the engine
 * writes it out. Throws as `ImageSource.open`.
 */
export async function openEngineImage(image: InspectedImage, options: OpenOptions): Promise<OpenedImage> {
  const inPlace = await openInPlace(image, options);
  if (inPlace === undefined) return await openSaved(image, options);
  const saved = onceSaved(image, options);
  return {
    ...inPlace,
    otherBlob: saved.blob,
    close: () => inPlace.close().finally(saved.close),
  };
}

/** `undefined` where the engine's files cannot be read, or are not all there. */
export async function openInPlace(
  image: InspectedImage,
  options: OpenOptions,
  need: Need = 'whole',
): Promise<OpenedImage | undefined> {
  try {
    const places = await imagePlaces(await describeEngine(options.dockerSocket));
    switch (places.kind) {
      case 'overlay2':
        return await openOverlay2(image, places.root);
      case 'containerd':
        return await openFromContentStore(image, { open: options, contentStores: places.contentStores, need });
      case 'none':
        return undefined;
    }
  } catch (error) {
    if (isAppError(error) || isSystemError(error)) return undefined;
    throw error;
  }
}

/** A file that vanished or may not be read. */
function isSystemError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}
