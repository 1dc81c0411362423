import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '#base/index.ts';
import { type BlobStore, folderStore, readDocument } from '../../blob-store.ts';
import type { Layer } from '../../contract.ts';
import type { OpenedImage, SplitLayer } from '../../source.ts';
import { subjectOf } from '../../subject.ts';
import type { InspectedImage } from './engine.ts';

/**
 * Opens an image of Docker's own store where it lies: its config under the digest that names it, and of each layer the
 * unpacked files with the recipe of its tar. Throws `target-corrupt` where anything of it is missing.
 */
export async function openOverlay2(image: InspectedImage, root: string): Promise<OpenedImage> {
  const store = folderStore(join(root, 'image/overlay2'));
  const config = await readDocument(store, `imagedb/content/sha256/${hexOf(image.id)}`);
  const subject = subjectOf(config, {
    target: image.id,
    configDigest: image.id,
    names: image.names,
    blobDigests: image.diffIds.map(() => undefined),
  });
  const layers: SplitLayer[] = [];
  let chain = '';
  for (const layer of subject.layers) {
    chain = chain === '' ? layer.diffId : chainAfter(chain, layer.diffId);
    layers.push(await findLayer({ store, root }, layer, chain));
  }
  return {
    kind: 'image',
    subject,
    config,
    readFrom: 'engine-files',
    async blob(index) {
      const layer = layers[index];
      if (layer === undefined) throw new AppError('target-corrupt', `${image.id} has no layer ${index + 1}.`);
      return layer;
    },
    /** That the engine holds each layer was looked up in its own records when the image was opened. */
    async verify() {},
    async close() {},
  };
}

/**
 * Where the engine unpacked layers that lie upon each other in this order, lowest first; `undefined` where it does not hold
 * all of them so. Nothing but the engine's own records is read.
 */
export async function unpackedLayers(diffIds: readonly string[], root: string): Promise<readonly string[] | undefined> {
  const store = folderStore(join(root, 'image/overlay2'));
  const folders: string[] = [];
  let chain = '';
  for (const diffId of diffIds) {
    chain = chain === '' ? diffId : chainAfter(chain, diffId);
    const record = `layerdb/sha256/${hexOf(chain)}/cache-id`;
    if ((await store.locate(record)) === undefined) return undefined;
    const cacheId = await readText(store, record);
    if (!/^[0-9a-z]+$/.test(cacheId)) return undefined;
    folders.push(join(root, 'overlay2', cacheId, 'diff'));
  }
  return folders;
}

interface Places {
  readonly store: BlobStore;
  readonly root: string;
}

/** Layers are kept by their chain ID (OCI image specification, "Layer ChainID"), payloads under an id of their own. */
async function findLayer({ store, root }: Places, layer: Layer, chain: string): Promise<SplitLayer> {
  const folder = `layerdb/sha256/${hexOf(chain)}`;
  const diffId = await readText(store, `${folder}/diff`);
  const cacheId = await readText(store, `${folder}/cache-id`);
  const recipe = await store.locate(`${folder}/tar-split.json.gz`);
  const payloads = join(root, 'overlay2', cacheId, 'diff');
  const isWhole = diffId === layer.diffId && /^[0-9a-z]+$/.test(cacheId) && recipe !== undefined;
  if (isWhole && (await stat(payloads).catch(() => undefined))?.isDirectory()) {
    return { kind: 'split', layer, recipe: recipe.file, folder: payloads };
  }
  throw new AppError('target-corrupt', `Docker's files of layer ${layer.index + 1} (${layer.diffId}) are not whole.`);
}

async function readText(store: BlobStore, path: string): Promise<string> {
  return (await readDocument(store, path)).toString('utf8').trim();
}

function chainAfter(chain: string, diffId: string): string {
  return `sha256:${createHash('sha256').update(`${chain} ${diffId}`).digest('hex')}`;
}

function hexOf(digest: string): string {
  return digest.slice('sha256:'.length);
}
