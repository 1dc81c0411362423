import { AppError } from '#base/index.ts';
import { openArchive } from '../../open-compressed.ts';
import type { OpenedImage, OpenOptions } from '../../source.ts';
import { spool } from '../../spool.ts';
import { digestOf, subjectOf } from '../../subject.ts';
import { type InspectedImage, saveImage } from './engine.ts';
import { recallImage, rememberImage } from './known-images.ts';

/** Opens an image as the engine writes it out; one scanned before is written out only when a layer is asked for that nobody knows. */
export async function openSaved(image: InspectedImage, options: OpenOptions): Promise<OpenedImage> {
  return (await openKnown(image, options)) ?? (await openNew(image, options));
}

async function openKnown(image: InspectedImage, options: OpenOptions): Promise<OpenedImage | undefined> {
  if (options.cacheFolder === undefined) return undefined;
  const known = await recallImage(options.cacheFolder, image.id);
  if (known === undefined || digestOf(known.config) !== known.digest) return undefined;
  const subject = subjectOf(known.config, {
    target: image.id,
    configDigest: known.digest,
    ...(known.manifestDigest && { manifestDigest: known.manifestDigest }),
    names: image.names,
    blobDigests: image.diffIds.map(() => undefined),
  });
  const saved = onceSaved(image, options);
  return {
    kind: 'image',
    subject,
    config: known.config,
    readFrom: 'engine-save',
    blob: saved.blob,
    async verify(index) {
      if (subject.layers[index]?.diffId === image.diffIds[index]) return;
      throw new AppError('target-corrupt', `Docker holds other layers of ${image.id} than its config names.`);
    },
    close: saved.close,
  };
}

async function openNew(image: InspectedImage, options: OpenOptions): Promise<OpenedImage> {
  const opened = await fetchImage(image, options);
  return { ...opened, subject: { ...opened.subject, names: image.names }, readFrom: 'engine-save' };
}

/** Layers of an image that is written out when the first of them is asked for. */
export function onceSaved(image: InspectedImage, options: OpenOptions): Pick<OpenedImage, 'blob' | 'close'> {
  let fetched: Promise<OpenedImage> | undefined;
  return {
    async blob(index) {
      fetched ??= fetchImage(image, options);
      return await (await fetched).blob(index);
    },
    async close() {
      const opened = await fetched?.catch(() => undefined);
      await opened?.close();
    },
  };
}

/** Saves the image into a temporary file; it goes when the image is closed. */
async function fetchImage(image: InspectedImage, options: OpenOptions): Promise<OpenedImage> {
  const bytes = await saveImage(options.dockerSocket, image.id);
  const saved = await spool(bytes, { limit: options.limits.layerBytes, target: image.names[0] ?? image.id });
  try {
    const opened = await openArchive(saved.file, { open: options, onConfig: remember });
    return { ...opened, close: () => opened.close().finally(saved.remove) };
  } catch (error) {
    await saved.remove();
    throw error;
  }

  async function remember(config: Buffer, manifestDigest: string | undefined): Promise<void> {
    if (options.cacheFolder === undefined) return;
    const known = { config, digest: digestOf(config), ...(manifestDigest && { manifestDigest }) };
    rememberImage(options.cacheFolder, image.id, known);
  }
}
