import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppError, isAppError, messageOf } from '#base/index.ts';

/** A temporary file that only this user can open. On Linux it has no name, so that it ends with the process, however that ends. */
export interface SpooledFile {
  /** Path for this process and its children. */
  readonly file: string;
  remove(): Promise<void>;
}

/** Writes a stream to a temporary file. Throws `target-unreadable` above `limit` bytes, `target-corrupt` when the stream breaks off. */
export async function spool(
  bytes: AsyncIterable<Uint8Array>,
  options: { readonly limit: number; readonly target: string },
): Promise<SpooledFile> {
  const { handle, ...spooled } = await temporaryFile();
  try {
    let size = 0;
    for await (const chunk of bytes) {
      size += chunk.length;
      if (size > options.limit) {
        throw new AppError('target-unreadable', `${options.target} unpacks to more than ${options.limit} bytes.`);
      }
      await handle.writeFile(chunk);
    }
    return spooled;
  } catch (error) {
    await spooled.remove();
    if (isAppError(error)) throw error;
    throw new AppError('target-corrupt', `${options.target} breaks off: ${messageOf(error)}.`, { cause: error });
  }
}

async function temporaryFile(): Promise<SpooledFile & { readonly handle: FileHandle }> {
  const folder = await mkdtemp(join(tmpdir(), 'seawall-spool-'));
  const removeFolder = () => rm(folder, { recursive: true, force: true });
  const file = join(folder, 'image.tar');
  try {
    const handle = await open(file, 'wx', 0o600);
    if (process.platform !== 'linux') {
      return { handle, file, remove: async () => void (await Promise.all([handle.close(), removeFolder()])) };
    }
    await removeFolder();
    return { handle, file: `/proc/${process.pid}/fd/${handle.fd}`, remove: () => handle.close() };
  } catch (error) {
    await removeFolder();
    throw error;
  }
}
