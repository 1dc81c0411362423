import type { BigIntStats } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { hasArguments, isLoader, isMultiCall, runsCode } from '../../programs.ts';
import type { ScannedExecutable } from './scanned-executable.ts';
import type { WireFile } from '../wire/structs.ts';
import { fileFlag } from '../wire/words.ts';

/** A file of an image as containers of it run it: the very inode in the engine's folder of its layer. */
export interface BackingFile {
  readonly path: string;
  readonly file: WireFile;
  readonly flags: number;
}

export interface BackingFiles {
  readonly files: readonly BackingFile[];
  /** Executables whose file was not found as it was scanned; the first few. */
  readonly missing: readonly string[];
  readonly missingCount: number;
}

/** Files looked at before others get their turn. */
const atOnce = 64;

/**
 * Finds the backing inode of each executable of an image. `layers` are the folders of its layers, lowest first. What is
 * not there, lies behind a link, or has another size than was scanned, is missing.
 */
export async function findBackingFiles(
  executables: readonly ScannedExecutable[],
  layers: readonly string[],
): Promise<BackingFiles> {
  const files: BackingFile[] = [];
  const missing: string[] = [];
  let missingCount = 0;
  const folders = new RealFolders();
  const loaders = new Set(executables.flatMap(({ elf }) => elf?.interpreter ?? []));
  for (let at = 0; at < executables.length; at += atOnce) {
    const part = executables.slice(at, at + atOnce);
    const found = await Promise.all(part.map((one) => findBackingFile(one, layers, folders)));
    for (const [index, executable] of part.entries()) {
      const stats = found[index]?.stats;
      const path = `/${executable.path}`;
      if (stats === undefined) {
        missingCount += 1;
        if (missing.length < 5) missing.push(path);
      } else files.push({ path, file: wireFileOf(stats), flags: flagsOf(path, loaders) });
    }
  }
  return { files, missing, missingCount };
}

/** In the layer that the scan names; folders that are links in another layer have two names. */
export async function findBackingFile(
  { path, layer, size }: ScannedExecutable,
  layers: readonly string[],
  folders: RealFolders,
): Promise<{ readonly place: string; readonly stats: BigIntStats } | undefined> {
  const folder = layers[layer];
  if (folder === undefined) return undefined;
  const other = path.startsWith('usr/') ? path.slice('usr/'.length) : `usr/${path}`;
  for (const name of [path, other]) {
    if (!(await folders.holds(folder, dirname(name)))) continue;
    const place = join(folder, name);
    const stats = await lstat(place, { bigint: true }).catch(() => undefined);
    if (stats?.isFile() === true && stats.size === BigInt(size)) return { place, stats };
  }
  return undefined;
}

/** Folders of layers that were reached without following a link: a layer's links may lead anywhere on this host. */
export class RealFolders {
  readonly #known = new Map<string, Promise<boolean>>();

  /** Whether `path` below `layer`, `.` for the layer itself, is a folder and each above it is. */
  async holds(layer: string, path: string): Promise<boolean> {
    if (path === '.') return true;
    const whole = join(layer, path);
    const known = this.#known.get(whole) ?? this.#look(layer, path);
    this.#known.set(whole, known);
    return known;
  }

  async #look(layer: string, path: string): Promise<boolean> {
    if (!(await this.holds(layer, dirname(path)))) return false;
    const stats = await lstat(join(layer, path)).catch(() => undefined);
    return stats?.isDirectory() === true;
  }
}

function flagsOf(path: string, loaders: ReadonlySet<string>): number {
  const loader = isLoader(path) || loaders.has(path) ? fileFlag.loader : 0;
  const words = hasArguments(path) ? fileFlag.arguments : 0;
  const applets = isMultiCall(path) ? fileFlag.applets : 0;
  return loader | words | applets | (runsCode(path) ? fileFlag.runsCode : 0);
}

/** As the kernel has it on the wire. */
export function wireFileOf({ dev, mode, ino, ctimeNs, size }: BigIntStats): WireFile {
  return { device: kernelDevice(dev), mode: Number(mode), inode: ino, ctime: ctimeNs, size };
}

/** The C library's number of a device as the kernel's own: 12 bits of major, 20 of minor. */
function kernelDevice(device: bigint): number {
  const major = ((device >> 8n) & 0xfffn) | ((device >> 32n) & ~0xfffn);
  const minor = (device & 0xffn) | ((device >> 12n) & ~0xffn);
  return Number((((major & 0xfffn) << 20n) | (minor & 0xfffffn)) & 0xffff_ffffn);
}
