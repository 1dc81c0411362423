import { type FileHandle, open } from 'node:fs/promises';
import { AppError } from '#base/index.ts';
import { normalPath } from '../path.ts';
import { blockSize, readHeader } from './header.ts';
import { extend, isPreface, type Member, memberOf, type Preface } from './member.ts';

/** Where the content of each file of a tar lies. */
export interface ArchiveIndex {
  readonly files: ReadonlyMap<string, { readonly offset: number; readonly length: number }>;
  /** Path → path, for symbolic and hard links between its files. */
  readonly links: ReadonlyMap<string, string>;
  /** Whether the archive lacks its end; the last file of one that is cut off may be shorter than it was. */
  readonly truncated: boolean;
}

/** Files of an image archive; a `docker save` of many images has some thousands. */
const mostEntries = 1_000_000;
/** Characters of all their paths: those of the largest archives have some hundred thousand. */
const longestNames = 64 * 1024 ** 2;
const longestPreface = 1024 * 1024;

/** Lists a tar by reading its headers only, hopping over contents. Throws `target-unreadable` where it is no tar. */
export async function indexArchive(file: string): Promise<ArchiveIndex> {
  const handle = await open(file, 'r');
  try {
    const { size } = await handle.stat();
    return await readHeaders(handle, size, file);
  } finally {
    await handle.close();
  }
}

async function readHeaders(handle: FileHandle, size: number, file: string): Promise<ArchiveIndex> {
  const files = new Map<string, { offset: number; length: number }>();
  const links = new Map<string, string>();
  const block = Buffer.alloc(blockSize);
  let preface: Preface = {};
  let offset = 0;
  let names = 0;
  if (size > 0 && size < blockSize) throw noTar(file);
  for (let entries = 0; offset + blockSize <= size; entries += 1) {
    if (entries > mostEntries) throw new AppError('target-unreadable', `${file} holds too many entries for an image.`);
    await handle.read(block, 0, blockSize, offset);
    const read = readHeader(block, 0);
    if (read.kind === 'empty') return { files, links, truncated: false };
    if (read.kind === 'bad' && offset === 0) throw noTar(file);
    if (read.kind === 'bad') return { files, links, truncated: true };
    offset += blockSize;
    if (isPreface(read.header.flag)) {
      const extended = await readPreface(handle, { flag: read.header.flag, offset, size: read.header.size }, preface);
      if (extended === undefined) return { files, links, truncated: true };
      preface = extended;
      offset += padded(read.header.size);
      continue;
    }
    const member = memberOf(read.header, preface);
    preface = {};
    if (member === undefined) return { files, links, truncated: true };
    names += member.path.length + (member.kind === 'symlink' || member.kind === 'hard-link' ? member.target.length : 0);
    if (names > longestNames) throw new AppError('target-unreadable', `${file} holds too long names for an image.`);
    note(member, { offset, length: Math.min(member.packedSize, size - offset), files, links });
    offset += padded(member.packedSize);
  }
  return { files, links, truncated: true };
}

function noTar(file: string): AppError {
  const next =
    'Scan an image as `docker save` writes it, a bill of materials as sbom:FILE, a lock file by its folder as dir:FOLDER.';
  return new AppError('target-unreadable', `${file} is not a tar archive.`, { next });
}

async function readPreface(
  handle: FileHandle,
  at: { readonly flag: string; readonly offset: number; readonly size: number },
  preface: Preface,
): Promise<Preface | undefined> {
  if (at.size > longestPreface) return undefined;
  const content = Buffer.alloc(at.size);
  const { bytesRead } = await handle.read(content, 0, at.size, at.offset);
  return bytesRead === at.size ? extend(preface, at.flag, content) : undefined;
}

interface Noted {
  readonly offset: number;
  readonly length: number;
  readonly files: Map<string, { offset: number; length: number }>;
  readonly links: Map<string, string>;
}

function note(member: Member, { offset, length, files, links }: Noted): void {
  const normal = normalPath(member.path);
  if (normal.kind !== 'path') return;
  if (member.kind === 'file' && member.sparse === undefined) {
    files.set(normal.path, { offset, length });
  }
  if (member.kind === 'symlink') links.set(normal.path, joined(normal.path, member.target));
  if (member.kind === 'hard-link') links.set(normal.path, member.target);
}

/** Target of a symbolic link, seen from the archive's top. */
function joined(path: string, target: string): string {
  const parts = path.split('/').slice(0, -1);
  for (const part of target.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return parts.join('/');
}

function padded(size: number): number {
  return Math.ceil(size / blockSize) * blockSize;
}
