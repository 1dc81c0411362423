import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { digestPattern } from '#base/index.ts';
import { writeCacheFile } from '../../cache-file.ts';

/** What an earlier scan proved about an image of an engine: the config, by the engine's id. */
export interface KnownImage {
  readonly config: Buffer;
  readonly manifestDigest?: string;
}

/** Reads what is known of an image; `undefined` for a new one. The config is checked again by who uses it. */
export async function recallImage(
  cacheFolder: string,
  id: string,
): Promise<(KnownImage & { digest: string }) | undefined> {
  if (!digestPattern.test(id)) return undefined;
  try {
    const stored: unknown = JSON.parse(await readFile(fileFor(cacheFolder, id), 'utf8'));
    if (typeof stored !== 'object' || stored === null) return undefined;
    const { digest, config, manifestDigest } = stored as Record<string, unknown>;
    if (typeof digest !== 'string' || typeof config !== 'string') return undefined;
    return {
      digest,
      config: Buffer.from(config, 'base64'),
      ...(typeof manifestDigest === 'string' && { manifestDigest }),
    };
  } catch {
    return undefined;
  }
}

export function rememberImage(cacheFolder: string, id: string, image: KnownImage & { digest: string }): void {
  if (!digestPattern.test(id)) return;
  const stored = JSON.stringify({ ...image, config: image.config.toString('base64') });
  writeCacheFile(cacheFolder, fileFor(cacheFolder, id), stored);
}

function fileFor(cacheFolder: string, id: string): string {
  return join(cacheFolder, 'images', `${id.slice('sha256:'.length)}.json`);
}
