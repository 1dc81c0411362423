import { constants } from 'node:fs';
import { open } from 'node:fs/promises';

/** Longest OCI `config.json`, and file of an engine about one container. */
const longest = 4 * 1024 * 1024;

/**
 * JSON of a regular file of at most 4 MiB, read once. `undefined` where there is no such file. Throws where it is too
 * large, no file, or no JSON.
 */
export async function readJson(file: string): Promise<unknown> {
  const text = await readBounded(file);
  return text === undefined ? undefined : (JSON.parse(text) as unknown);
}

async function readBounded(file: string): Promise<string | undefined> {
  const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
    throw error;
  });
  if (handle === undefined) return undefined;
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) throw new Error(`${file} is no file`);
    const content = Buffer.allocUnsafe(Math.min(longest, stats.size) + 1);
    let length = 0;
    for (;;) {
      const { bytesRead } = await handle.read(content, length, content.length - length, length);
      if (bytesRead === 0) break;
      length += bytesRead;
      if (length === content.length) throw new Error(`${file} is larger than ${length - 1} bytes`);
    }
    return content.toString('utf8', 0, length);
  } finally {
    await handle.close();
  }
}
