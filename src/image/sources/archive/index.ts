import { stat } from 'node:fs/promises';
import { AppError } from '#base/index.ts';
import { platformsOfStored } from '../../oci-layout.ts';
import { archiveAt, openArchive } from '../../open-compressed.ts';
import { splitChoice } from '../../reference.ts';
import type { ImageSource } from '../../source.ts';

/** A tar that holds an image: `docker save` in its old and new form, podman, kaniko, crane, or an OCI layout. */
export const archive: ImageSource = {
  id: 'archive',
  version: 1,
  prefix: 'archive:',
  summary: '`docker save` or OCI archive, FILE or FILE:NAME, also compressed with gzip or zstd',
  async accepts(reference) {
    return (await splitChoice(reference, isFile)).path !== undefined;
  },
  async open(reference, options) {
    const { path, name } = await splitChoice(reference, isFile);
    if (path === undefined) throw await noFile(reference);
    return await openArchive(path, { open: options, keeping: options.keeping, ...(name && { name }) });
  },
  async platforms(reference, options) {
    const { path, name } = await splitChoice(reference, isFile);
    if (path === undefined) throw await noFile(reference);
    const { store, close } = await archiveAt(path, options.limits);
    try {
      return await platformsOfStored(store, { open: options, ...(name && { name }), close: async () => undefined });
    } finally {
      await close();
    }
  },
};

async function noFile(reference: string): Promise<AppError> {
  if (!(await stat(reference).catch(() => undefined))?.isDirectory())
    return new AppError('target-not-found', `There is no file ${reference}.`);
  const next = `Write oci:${reference} for an OCI layout, or dir:${reference} for the files of a system.`;
  return new AppError('target-unreadable', `${reference} is a folder, not an archive.`, { next });
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isFile() ?? false;
}
