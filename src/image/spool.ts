import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppError, isAppError, messageOf } from '#base/index.ts';

/** A temporary file, in a folder of its own that only this user can enter. */
export interface SpooledFile {
  readonly file: string;
  remove(): Promise<void>;
}

/** Writes a stream to a temporary file. Throws `target-unreadable` above `limit` bytes or when the stream breaks off. */
export async function spool(
  bytes: AsyncIterable<Uint8Array>,
  options: { readonly limit: number; readonly target: string },
): Promise<SpooledFile> {
  const folder = await mkdtemp(join(tmpdir(), 'seawall-spool-'));
  const remove = () => rm(folder, { recursive: true, force: true });
  const file = join(folder, 'image.tar');
  try {
    const handle = await open(file, 'wx', 0o600);
    try {
      let size = 0;
      for await (const chunk of bytes) {
        size += chunk.length;
        if (size > options.limit) {
          throw new AppError('target-unreadable', `${options.target} unpacks to more than ${options.limit} bytes.`);
        }
        await handle.writeFile(chunk);
      }
    } finally {
      await handle.close();
    }
    return { file, remove };
  } catch (error) {
    await remove();
    if (isAppError(error)) throw error;
    throw new AppError('target-corrupt', `${options.target} breaks off: ${messageOf(error)}.`, { cause: error });
  }
}
