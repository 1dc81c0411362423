import { AppError } from '#base/index.ts';
import { openArchive } from '../../open-archive.ts';
import type { ImageSource, OpenedImage, OpenOptions } from '../../source.ts';
import { spool } from '../../spool.ts';
import { digestOf, subjectOf } from '../../subject.ts';
import { inspectImage, type InspectedImage, saveImage } from './engine.ts';
import { recallImage, rememberImage } from './known-images.ts';

export { dockerVersion, listDockerImages } from './engine.ts';

/** Images of the Docker engine on this machine, through its socket. */
export const docker: ImageSource = {
  id: 'docker',
  version: 1,
  prefix: 'docker:',
  summary: 'Image of the local Docker engine, by name or id',
  async accepts(reference) {
    return /^[A-Za-z0-9][A-Za-z0-9._:/@-]*$/.test(reference) && !reference.endsWith('/');
  },
  async open(reference, options) {
    const image = await inspectImage(options.dockerSocket, reference);
    if (image === undefined) throw new AppError('target-not-found', `Docker has no image ${reference}.`);
    return (await openKnown(image, options)) ?? (await openNew(image, options));
  },
};

/** An image scanned before needs no fetching until a layer is asked for that nobody knows. */
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
  let fetched: Promise<OpenedImage> | undefined;
  return {
    kind: 'image',
    subject,
    async blob(index) {
      fetched ??= fetchImage(image, options);
      return await (await fetched).blob(index);
    },
    async verify(index) {
      if (subject.layers[index]?.diffId === image.diffIds[index]) return;
      throw new AppError('target-corrupt', `Docker holds other layers of ${image.id} than its config names.`);
    },
    async close() {
      const opened = await fetched?.catch(() => undefined);
      await opened?.close();
    },
  };
}

async function openNew(image: InspectedImage, options: OpenOptions): Promise<OpenedImage> {
  const opened = await fetchImage(image, options);
  return { ...opened, subject: { ...opened.subject, names: image.names } };
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
    await rememberImage(options.cacheFolder, image.id, known);
  }
}
