import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '#base/index.ts';
import type { FileRange } from './bytes.ts';
import type { ArchiveIndex } from './tar/index-archive.ts';

/** Files of an image as it is stored, in a tar or a folder, by path. */
export interface BlobStore {
  /** As the user wrote it, for messages. */
  readonly target: string;
  /** Whether the end of it is missing. */
  readonly isTruncated: boolean;
  locate(path: string): Promise<FileRange | undefined>;
}

/** Largest index, manifest or config that is read. */
const longestDocument = 32 * 1024 * 1024;

/** Reads a small file whole. Throws `target-corrupt` when it is missing or far larger than such files are. */
export async function readDocument(store: BlobStore, path: string): Promise<Buffer> {
  const range = await store.locate(path);
  if (range === undefined) throw new AppError('target-corrupt', `${store.target} lacks ${path}.`);
  if (range.length > longestDocument) throw new AppError('target-corrupt', `${path} in ${store.target} is too large.`);
  const handle = await open(range.file, 'r');
  try {
    const content = Buffer.alloc(range.length);
    const { bytesRead } = await handle.read(content, 0, range.length, range.offset);
    if (bytesRead < range.length) throw new AppError('target-corrupt', `${path} in ${store.target} is cut off.`);
    return content;
  } finally {
    await handle.close();
  }
}

export function archiveStore(file: string, index: ArchiveIndex, target: string): BlobStore {
  return {
    target,
    isTruncated: index.truncated,
    async locate(path) {
      let name = path;
      for (let hops = 0; hops < 16; hops += 1) {
        const found = index.files.get(name);
        if (found !== undefined) return { file, ...found };
        const next = index.links.get(name);
        if (next === undefined) return undefined;
        name = next;
      }
      return undefined;
    },
  };
}

export function folderStore(folder: string): BlobStore {
  return {
    target: folder,
    isTruncated: false,
    async locate(path) {
      const file = join(folder, path);
      const found = await stat(file).catch(() => undefined);
      return found?.isFile() ? { file, offset: 0, length: found.size } : undefined;
    },
  };
}

/** Path of a blob in an OCI layout ("OCI Image Layout Specification"). Digests are checked by the schema before. */
export function blobPath(digest: string): string {
  return `blobs/${digest.replace(':', '/')}`;
}
