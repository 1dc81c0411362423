import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '#base/index.ts';
import { type BlobStore, folderStore } from '../../blob-store.ts';
import { splitChoice } from '../../reference.ts';
import type { ImageSource, OpenOptions } from '../../source.ts';
import { openStoredImage, platformsOfStored, type StoredImageOptions } from '../../oci-layout.ts';

/** A folder in the OCI image layout, as skopeo, buildx, crane and podman write it. */
export const layout: ImageSource = {
  id: 'layout',
  version: 1,
  prefix: 'oci:',
  summary: 'OCI image layout in a folder, FOLDER or FOLDER:NAME',
  async accepts(reference) {
    const { path } = await splitChoice(reference, isLayout);
    return path !== undefined;
  },
  open: async (reference, options) => await openStoredImage(...(await stored(reference, options))),
  platforms: async (reference, options) => await platformsOfStored(...(await stored(reference, options))),
};

async function stored(reference: string, open: OpenOptions): Promise<[BlobStore, StoredImageOptions]> {
  const { path, name } = await splitChoice(reference, isLayout);
  if (path === undefined) throw new AppError('target-not-found', `${reference} is no folder with an OCI layout.`);
  return [folderStore(path), { open, ...(name && { name }), close: async () => undefined }];
}

async function isLayout(path: string): Promise<boolean> {
  const [index, saved] = await Promise.all([isFile(join(path, 'index.json')), isFile(join(path, 'manifest.json'))]);
  return (index && (await isFile(join(path, 'oci-layout')))) || (saved && index);
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isFile() ?? false;
}
