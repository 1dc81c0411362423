import {
  chmodSync,
  chownSync,
  closeSync,
  fchmodSync,
  fchownSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readlinkSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { basename, join, relative } from 'node:path';
import { folderOf } from '#image/index.ts';

/**
 * Files of an image in a folder of this host, written by this process alone. Paths go through links of the image as they
 * would inside it: whatever they say, nothing outside the folder is reached. Devices and pipes are never made.
 */
export interface ConfinedTree {
  folder(path: string, mode: number): void;
  /** Makes an empty file and opens it; who opens it ends by `close`. */
  open(path: string, mode: number): number;
  close(file: number, mode: number): void;
  symlink(path: string, target: string): void;
  hardLink(path: string, target: string): void;
  /** Removes whatever lies there, with all below. */
  remove(path: string): void;
  /** Removes what lies in a folder. */
  empty(path: string): void;
}

/** Who reads the files: scripts run as nobody, and only root can give them away. */
const nobody = 65_534;
const isRoot = process.getuid?.() === 0;
/** Links that one path may go through, as many as the kernel follows. */
const mostLinks = 40;
/** Whoever made them can read and remove them, whatever the image says. */
const ofOwner = { file: 0o400, folder: 0o700 } as const;

/** Opens a folder that is there. */
export function openTree(root: string): ConfinedTree {
  const folders = new Map<string, string>();

  /** Where a path of the image lies on this host; only its folders are followed, and made where they are missing. */
  function placeOf(path: string): string {
    const written = folderOf(path);
    const known = folders.get(written) ?? madeFolder(root, physicalPath(root, written));
    folders.set(written, known);
    return join(known, basename(path));
  }

  /** A place where nothing lies any more. */
  function cleared(path: string): string {
    const place = placeOf(path);
    if (kindOf(place) !== undefined) removeAt(place);
    return place;
  }

  function removeAt(place: string): void {
    rmSync(place, { recursive: true, force: true });
    folders.clear();
  }

  return {
    folder(path, mode) {
      const place = placeOf(path);
      if (kindOf(place) !== 'directory') mkdirSync(cleared(path), ofOwner.folder);
      if (isRoot) chownSync(place, nobody, nobody);
      chmodSync(place, mode | ofOwner.folder);
    },
    open: (path) => openSync(cleared(path), 'wx', 0o600),
    close(file, mode) {
      if (isRoot) fchownSync(file, nobody, nobody);
      fchmodSync(file, mode | ofOwner.file);
      closeSync(file);
    },
    symlink(path, target) {
      symlinkSync(target, cleared(path));
      folders.clear();
    },
    hardLink(path, target) {
      const from = placeOf(target);
      if (placeOf(path) !== from) linkSync(from, cleared(path));
    },
    remove: (path) => removeAt(placeOf(path)),
    empty(path) {
      const place = path === '' ? root : placeOf(path);
      if (kindOf(place) !== 'directory') return;
      for (const name of readdirSync(place)) removeAt(join(place, name));
    },
  };
}

/**
 * Makes every link lead to where it does inside the image, wherever the folder is seen: absolute ones, and those that climb,
 * become relative ones that end in the folder. It is done when everything is there, because links lead through links.
 */
export function confineLinks(root: string, folder = ''): void {
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) confineLinks(root, path);
    if (!entry.isSymbolicLink()) continue;
    const written = readlinkSync(join(root, path));
    if (staysBelow(written, folder)) continue;
    // One that leads to itself leads nowhere, as it does inside.
    const target = physicalPath(root, written, partsOf(folder)) ?? path;
    rmSync(join(root, path));
    symlinkSync(relative(join(root, folder), join(root, target)) || '.', join(root, path));
  }
}

/** Whether a link of this folder climbs nowhere but first of all, and at most to the root. */
function staysBelow(target: string, folder: string): boolean {
  if (target.startsWith('/')) return false;
  const parts = target.split('/');
  const climbs = parts.findIndex((part) => part !== '..');
  const names = climbs === -1 ? [] : parts.slice(climbs);
  const depth = folder === '' ? 0 : folder.split('/').length;
  return !names.includes('..') && parts.length - names.length <= depth;
}

/** Where a path ends when links are followed inside the root; `undefined` where they lead round in circles. */
function physicalPath(root: string, path: string, from: readonly string[] = []): string | undefined {
  const at = path.startsWith('/') ? [] : [...from];
  const todo = partsOf(path);
  for (let links = 0; todo.length > 0; ) {
    const part = todo.shift() ?? '';
    const place = join(root, ...at, part);
    if (part === '..') at.pop();
    else if (kindOf(place) !== 'symlink') at.push(part);
    else {
      links += 1;
      if (links > mostLinks) return undefined;
      const target = readlinkSync(place);
      if (target.startsWith('/')) at.length = 0;
      todo.unshift(...partsOf(target));
    }
  }
  return at.join('/');
}

function partsOf(path: string): string[] {
  return path.split('/').filter((part) => part !== '' && part !== '.');
}

/** Makes folders where there are none; a file that lies in the way was replaced by the layer. */
function madeFolder(root: string, path: string | undefined): string {
  if (path === undefined) throw new Error('links lead round in circles');
  let place = root;
  for (const part of partsOf(path)) {
    place = join(place, part);
    const kind = kindOf(place);
    if (kind === 'directory') continue;
    if (kind !== undefined) rmSync(place);
    mkdirSync(place, 0o755);
    if (isRoot) chownSync(place, nobody, nobody);
  }
  return place;
}

function kindOf(place: string): 'directory' | 'symlink' | 'file' | undefined {
  try {
    const found = lstatSync(place);
    if (found.isSymbolicLink()) return 'symlink';
    return found.isDirectory() ? 'directory' : 'file';
  } catch {
    return undefined;
  }
}
