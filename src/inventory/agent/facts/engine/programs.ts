import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { EngineRuntime, OwnedFolder, ProgramFile } from '../../../facts/index.ts';
import type { FileMemory } from '../file-memory.ts';
import type { Info } from './schema.ts';

/** Bytes of a program that is hashed. */
const longestProgram = 256 * 1024 * 1024;
const mostPlugins = 256;

/** What is needed to look at an engine's files as it sees them. */
export interface EngineRoot {
  /** Its root folder: `/proc/PID/root`. */
  readonly root: string;
  /** Its PATH. */
  readonly path: string;
  readonly memory: FileMemory;
}

/** Runtimes that an engine has, with the hash of each program that is found. */
export async function runtimesOf(
  runtimes: NonNullable<Info['Runtimes']>,
  { root, path, memory }: EngineRoot,
  ownPrograms: readonly string[],
): Promise<readonly EngineRuntime[]> {
  return await Promise.all(
    Object.entries(runtimes).map(async ([name, runtime]) => {
      const program = programOf(runtime);
      const sha256 = await firstHash(placesOf(program, path), { root, memory });
      return {
        name,
        path: program,
        ...(sha256 !== undefined && { sha256 }),
        isOurs: sha256 !== undefined && ownPrograms.includes(sha256),
      };
    }),
  );
}

/** A shim may be told another program than its own: that one is what starts containers. */
export function programOf({ path, runtimeType, options }: NonNullable<Info['Runtimes']>[string]): string {
  const named = options?.BinaryName ?? '';
  if (named !== '') return named;
  if (path !== undefined && path !== null && path !== '') return path;
  return runtimeType === 'io.containerd.runc.v2' ? 'runc' : (runtimeType ?? '');
}

function placesOf(program: string, path: string): readonly string[] {
  return program.includes('/') ? [program] : path.split(':').map((folder) => join(folder, program));
}

type Programs = Pick<EngineRoot, 'root' | 'memory'>;

async function firstHash(places: readonly string[], { root, memory }: Programs): Promise<string | undefined> {
  for (const place of places) {
    const hash = await hashOf(join(root, place), memory);
    if (hash !== undefined) return hash;
  }
  return undefined;
}

/** Programs of a folder, with their hashes. Rejects where one cannot be read, so that none is overlooked. */
export async function programsIn(folder: string, { root, memory }: Programs): Promise<readonly ProgramFile[]> {
  const names = await readdir(join(root, folder)).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  if (names.length > mostPlugins) throw new Error(`${folder} holds more than ${mostPlugins} files`);
  const programs: ProgramFile[] = [];
  for (const name of names.toSorted()) {
    const path = join(folder, name);
    if ((await stat(join(root, path))).isDirectory()) continue;
    const sha256 = await hashOf(join(root, path), memory);
    if (sha256 === undefined) throw new Error(`${path} cannot be read`);
    programs.push({ path, sha256 });
  }
  return programs;
}

/** Each folder, or the nearest one above it where it is not there: who owns that may make it. */
export async function ownedFolders(folders: readonly string[], root: string): Promise<readonly OwnedFolder[]> {
  return await Promise.all(folders.map((folder) => ownedFolder(folder, root)));
}

async function ownedFolder(path: string, root: string): Promise<OwnedFolder> {
  try {
    const { uid, mode } = await stat(join(root, path));
    return { path, uid, mode: mode & 0o7777 };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' && path !== '/')
      return await ownedFolder(dirname(path), root);
    throw error;
  }
}

async function hashOf(path: string, memory: FileMemory): Promise<string | undefined> {
  try {
    const { size } = await stat(path);
    if (size > longestProgram) return undefined;
    return await memory.of(`sha256 ${path}`, async () => ({ value: await sha256Of(path), from: [path] }));
  } catch {
    return undefined;
  }
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const part of createReadStream(path, { end: longestProgram })) hash.update(part as Buffer);
  return hash.digest('hex');
}
