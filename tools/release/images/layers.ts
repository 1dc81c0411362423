import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { madeOnce } from '../../../test/make/made-once.ts';
import { run } from '../run.ts';
import type { Layer } from './archive.ts';
import type { RootRecipe } from './recipes.ts';

/** Debian release that images are made of. */
export const suite = 'trixie';

const script = 'integrations/docker/make-root.sh';

/** Folder of root file systems that the builder has, instead of those that are made. */
const given = process.env['SEAWALL_RELEASE_ROOTS'] ?? '';

/**
 * Path of the root file system as a tar: `NAME.tar` of a folder that the builder names, else made of packages once, under
 * `.cache/release`. With either there, no network is needed. A folder removed there is made of today's packages again.
 */
export async function rootTar(root: string, recipe: RootRecipe): Promise<string> {
  const path = placeOf(root, recipe);
  if (given !== '') return path;
  await madeOnce(dirname(path), (work) => {
    const words = [recipe.installed.join(' '), recipe.kept.join(' ')];
    run(join(root, script), [join(work, basename(path)), suite, ...words]);
  });
  return path;
}

export function hasRoot(root: string, recipe: RootRecipe): boolean {
  return existsSync(placeOf(root, recipe));
}

export function canMakeRoots(): boolean {
  return given === '' && process.getuid?.() === 0 && spawnSync('mmdebstrap', ['--version']).error === undefined;
}

function placeOf(root: string, recipe: RootRecipe): string {
  if (given !== '') return join(given, `${recipe.name}.tar`);
  return join(root, '.cache/release', `root-${suite}-${recipe.name}-${keyOf(root, recipe)}`, 'root.tar');
}

/** Another list of packages, or another script, makes another one. */
function keyOf(root: string, { installed, kept }: RootRecipe): string {
  const how = [readFileSync(join(root, script), 'utf8'), installed, kept];
  return createHash('sha256').update(JSON.stringify(how)).digest('hex').slice(0, 12);
}

/** A tar of paths below a folder, the same whoever makes it and when. */
export function tarOf(
  folder: string,
  paths: readonly string[],
  { to, without }: { readonly to: string; readonly without: readonly string[] },
): void {
  mkdirSync(dirname(to), { recursive: true });
  run('tar', [
    '--create',
    '--sort=name',
    '--format=posix',
    '--pax-option=exthdr.name=%d/%f,delete=atime,delete=ctime',
    '--mtime=@0',
    '--owner=0',
    '--group=0',
    '--numeric-owner',
    `--directory=${folder}`,
    '--anchored',
    ...without.map((path) => `--exclude=${path}`),
    `--file=${to}`,
    '--',
    ...paths,
  ]);
}

/** Packs a tar into the blobs of a layout. */
export async function packLayer(tar: string, blobs: string, made: string): Promise<Layer> {
  mkdirSync(blobs, { recursive: true });
  const [plain, packed] = [createHash('sha256'), createHash('sha256')];
  const unnamed = join(blobs, `layer-${process.pid}`);
  let size = 0;
  const count = new Transform({
    transform: (part: Buffer, _, done) => {
      packed.update(part);
      size += part.length;
      done(undefined, part);
    },
  });
  const read = new Transform({
    transform: (part: Buffer, _, done) => {
      plain.update(part);
      done(undefined, part);
    },
  });
  await pipeline(createReadStream(tar), read, createGzip({ level: 6 }), count, createWriteStream(unnamed));
  const hex = packed.digest('hex');
  const path = join(blobs, hex);
  if (!existsSync(path)) renameSync(unnamed, path);
  return { digest: `sha256:${hex}`, size, diffId: `sha256:${plain.digest('hex')}`, made };
}
