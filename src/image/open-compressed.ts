import { stat } from 'node:fs/promises';
import { archiveStore } from './blob-store.ts';
import { compressionOf } from './bytes.ts';
import type { OpenedImage } from './source.ts';
import { spool } from './spool.ts';
import { openStoredImage, type StoredImageOptions } from './oci-layout.ts';
import { indexArchive } from './tar/index-archive.ts';
import { unpackRange } from './unpack.ts';

/** Opens an archive; a compressed one is unpacked once into a temporary file. Throws as `ImageSource.open`. */
export async function openArchive(file: string, options: Omit<StoredImageOptions, 'close'>): Promise<OpenedImage> {
  const range = { file, offset: 0, length: (await stat(file)).size };
  const compression = await compressionOf(range);
  if (compression === 'none') {
    const store = archiveStore(file, await indexArchive(file), file);
    return await openStoredImage(store, { ...options, close: async () => undefined });
  }
  const bytes = unpackRange(range, compression, () => undefined);
  const spooled = await spool(bytes, { limit: options.open.limits.layerBytes, target: file });
  try {
    const store = archiveStore(spooled.file, await indexArchive(spooled.file), file);
    return await openStoredImage(store, { ...options, close: spooled.remove });
  } catch (error) {
    await spooled.remove();
    throw error;
  }
}
