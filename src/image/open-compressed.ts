import { stat } from 'node:fs/promises';
import { archiveStore, type BlobStore } from './blob-store.ts';
import { compressionOf } from './bytes.ts';
import type { OpenedImage, ScanLimits } from './source.ts';
import { spool } from './spool.ts';
import { openStoredImage, type StoredImageOptions } from './oci-layout.ts';
import { indexArchive } from './tar/index-archive.ts';
import { unpackRange } from './unpack.ts';

/** Opens an archive; a compressed one is unpacked once into a temporary file. Throws as `ImageSource.open`. */
export async function openArchive(file: string, options: Omit<StoredImageOptions, 'close'>): Promise<OpenedImage> {
  const { store, isCopy, close } = await archiveAt(file, options.open.limits);
  try {
    return await openStoredImage(store, { ...options, ...(isCopy && { keeping: undefined }), close });
  } catch (error) {
    await close();
    throw error;
  }
}

/** The files of an archive, until it is closed. */
export async function archiveAt(file: string, limits: ScanLimits): Promise<ArchiveAt> {
  const range = { file, offset: 0, length: (await stat(file)).size };
  const compression = await compressionOf(range);
  if (compression === 'none')
    return { store: archiveStore(file, await indexArchive(file), file), isCopy: false, close: async () => undefined };
  const bytes = unpackRange(range, compression, () => undefined);
  const spooled = await spool(bytes, { limit: limits.layerBytes, target: file });
  try {
    const store = archiveStore(spooled.file, await indexArchive(spooled.file), file);
    return { store, isCopy: true, close: spooled.remove };
  } catch (error) {
    await spooled.remove();
    throw error;
  }
}

interface ArchiveAt {
  readonly store: BlobStore;
  /** Whether its bytes are those of a temporary file, of which no digest is worth keeping. */
  readonly isCopy: boolean;
  close(): Promise<void>;
}
