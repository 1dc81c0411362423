import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { zstdCompress, zstdDecompress } from 'node:zlib';
import type { ImageDigest } from '#base/index.ts';
import { type Executable, PackedExecutables } from '../contract.ts';
import { executablesAnalyzer } from '../executables/analyzer.ts';
import { unpackExecutables } from '../executables/packed.ts';

const compress = promisify(zstdCompress);
const decompress = promisify(zstdDecompress);

/** Files of this version; others are made anew. */
const suffix = `.v${executablesAnalyzer.version}.json.zst`;
/** Longest content of a file, once unpacked: what a publication may have. */
const longest = 128 * 1024 * 1024;

/** Executables of images, one file for each image, so that a host knows them with its console away. */
export interface ExecutableStore {
  has(digest: ImageDigest): boolean;
  /** Puts the whole file in its place at once. */
  write(digest: ImageDigest, executables: PackedExecutables): Promise<void>;
  /** Removes the files of all other images. */
  keepOnly(digests: ReadonlySet<ImageDigest>): Promise<void>;
}

export function openExecutableStore(stateFolder: string): ExecutableStore {
  const folder = folderIn(stateFolder);
  return {
    has: (digest) => existsSync(fileOf(stateFolder, digest)),
    async write(digest, executables) {
      const file = fileOf(stateFolder, digest);
      const written = `${file}.${randomBytes(6).toString('hex')}.new`;
      await mkdir(folder, { recursive: true, mode: 0o700 });
      try {
        const body = await compress(JSON.stringify(executables));
        await writeFile(written, Buffer.concat([sha256(body), body]), { mode: 0o600, flush: true });
        await rename(written, file);
      } catch (error) {
        await rm(written, { force: true });
        throw error;
      }
    },
    async keepOnly(digests) {
      const kept = new Set([...digests].map((digest) => hexOf(digest) + suffix));
      const names = await readdir(folder).catch(() => []);
      for (const name of names) if (!kept.has(name)) await rm(join(folder, name), { force: true });
    },
  };
}

/**
 * Executables of an image as this host's agent found them; `undefined` while they are not known. `isComplete` as in
 * `PackedExecutables`. A damaged file is removed, and the agent makes it again.
 */
export async function readExecutables(
  stateFolder: string,
  digest: ImageDigest,
): Promise<{ readonly isComplete: boolean; readonly executables: readonly Executable[] } | undefined> {
  const file = fileOf(stateFolder, digest);
  const stored = await readFile(file).catch(() => undefined);
  if (stored === undefined) return undefined;
  const packed = await unpack(stored).catch(() => undefined);
  if (packed !== undefined) return { isComplete: packed.isComplete, executables: unpackExecutables(packed) };
  await rm(file, { force: true });
  return undefined;
}

/** Changes with the file of an image's executables; `undefined` while there is none. */
export async function executablesStamp(stateFolder: string, digest: ImageDigest): Promise<string | undefined> {
  const stats = await stat(fileOf(stateFolder, digest), { bigint: true }).catch(() => undefined);
  return stats === undefined ? undefined : `${stats.ino} ${stats.size} ${stats.mtimeNs}`;
}

async function unpack(stored: Buffer): Promise<PackedExecutables | undefined> {
  const body = stored.subarray(32);
  if (!sha256(body).equals(stored.subarray(0, 32))) return undefined;
  const text = await decompress(body, { maxOutputLength: longest });
  return PackedExecutables.parse(JSON.parse(text.toString('utf8')));
}

function folderIn(stateFolder: string): string {
  return join(stateFolder, 'executables');
}

function fileOf(stateFolder: string, digest: ImageDigest): string {
  return join(folderIn(stateFolder), hexOf(digest) + suffix);
}

function hexOf(digest: ImageDigest): string {
  return digest.slice('sha256:'.length);
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}
