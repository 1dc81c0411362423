import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import {
  isProblem,
  readDirectory,
  readElfLayout,
  readEntry,
  type Spent,
  wholeSpans,
  type ZipEntry,
} from '#ecosystems/index.ts';
import { limits } from '../../limits.ts';
import { findBackingFile, RealFolders } from './backing-files.ts';
import type { ScannedExecutable } from './scanned-executable.ts';

/** Libraries inside the archives of an image: its programs unpack them somewhere and load them. */
export interface PackedLibraries {
  /** SHA-256 of each content, sorted. */
  readonly contents: readonly string[];
  /** Archives that were not read to their end; the first few. */
  readonly unread: readonly string[];
  readonly unreadCount: number;
}

export const noLibraries: PackedLibraries = { contents: [], unread: [], unreadCount: 0 };

const archive = /\.(?:jar|war|ear|rar|sar|par|jpi|hpi)$/i;
const deepest = 8;
/** `ET_DYN` and `PT_INTERP` of ELF. */
const [sharedObject, namesLoader] = [3, 3];

/**
 * Reads the Java archives of an image, nested ones too, one after the other. An archive counts only where its file has the
 * content that was scanned; `layers` are the folders of the image's layers, lowest first.
 */
export async function findPackedLibraries(
  executables: readonly ScannedExecutable[],
  layers: readonly string[],
): Promise<PackedLibraries> {
  const contents = new Set<string>();
  const unread: string[] = [];
  const folders = new RealFolders();
  for (const one of executables.filter(({ path }) => archive.test(path))) {
    const place = (await findBackingFile(one, layers, folders))?.place;
    const isRead = place !== undefined && (await readLibraries(one, place, contents));
    if (!isRead) unread.push(`/${one.path}`);
  }
  return { contents: [...contents].toSorted(), unread: unread.slice(0, 5), unreadCount: unread.length };
}

async function readLibraries({ size, sha256 }: ScannedExecutable, place: string, found: Set<string>): Promise<boolean> {
  if (size > limits.archiveBytes.value) return false;
  const content = await readFile(place);
  if (hashOf(content) !== sha256) return false;
  return addLibraries({ content, depth: 0 }, { unpackedBytes: 0, entries: 0 }, found);
}

interface Archive {
  readonly content: Uint8Array;
  readonly depth: number;
}

/** `found` gets the libraries that could be read. Answers whether all of the archive was. */
function addLibraries({ content, depth }: Archive, spent: Spent, found: Set<string>): boolean {
  const bounds = {
    archiveDepth: deepest,
    unpackedBytes: limits.archiveBytes.value,
    entries: limits.archiveEntries.value,
  };
  const { entries, problem } = readDirectory(content, spent, bounds);
  let isWhole = problem === undefined;
  for (const entry of entries) {
    const isArchive = archive.test(entry.name);
    if (!isArchive && !mayBeLibrary(entry)) continue;
    const bytes = readEntry(content, entry, { spent, limits: bounds });
    if (isProblem(bytes)) isWhole = false;
    else if (isArchive)
      isWhole = depth < deepest && addLibraries({ content: bytes, depth: depth + 1 }, spent, found) && isWhole;
    else if (isLibrary(bytes)) isWhole = addContent(hashOf(bytes), found) && isWhole;
  }
  return isWhole;
}

function addContent(sha256: string, found: Set<string>): boolean {
  if (!found.has(sha256) && found.size >= limits.packedLibraries.value) return false;
  found.add(sha256);
  return true;
}

/** Classes and texts, which are most of an archive, are not unpacked. */
function mayBeLibrary({ name, size }: ZipEntry): boolean {
  return size >= 64 && !/\.(?:class|xml|properties|html?|js|css|png|txt|MF|SF|RSA|java|kt|dll|dylib|exe)$/i.test(name);
}

/** A shared object of Linux that is no program: what is allowed by content may also be started. */
function isLibrary(content: Uint8Array): boolean {
  const layout = readElfLayout(wholeSpans(content));
  const isProgram = layout?.segments.some(({ type }) => type === namesLoader) !== false;
  return layout?.type === sharedObject && layout.isWhole && !isProgram;
}

function hashOf(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
