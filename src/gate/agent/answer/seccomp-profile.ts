import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type ImageDigest, type Log, messageOf } from '#base/index.ts';

/**
 * The profile of system calls that admission holds for an image, `FOLDER/HEX.json` with the hexadecimal digits of its
 * digest; `undefined` where there is none, or others than root may write it.
 */
export async function profileOf(folder: string, digest: ImageDigest, log: Log): Promise<string | undefined> {
  const file = join(folder, `${digest.slice('sha256:'.length)}.json`);
  try {
    const stats = await stat(file);
    if (stats.isFile() && stats.uid === 0 && (stats.mode & 0o022) === 0) return file;
    log.warn({ file }, 'A profile of system calls is not used: others than root may write it.');
  } catch (error) {
    const isAbsent = (error as NodeJS.ErrnoException).code === 'ENOENT';
    if (!isAbsent) log.warn({ file, error: messageOf(error) }, 'A profile of system calls cannot be read.');
  }
  return undefined;
}
