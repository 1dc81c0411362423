import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import {
  type ArchiveLimits,
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

/** How much of an image is read for them, so that no image keeps itself from having an index. */
export interface PackedBounds {
  /** Of an archive that is read. */
  readonly archiveBytes: number;
  /** Of all archives that are read, and of all that is unpacked of them. */
  readonly bytes: number;
  readonly entries: number;
  readonly libraries: number;
}

const usual: PackedBounds = {
  archiveBytes: limits.archiveBytes.value,
  bytes: limits.archivesBytes.value,
  entries: limits.archiveEntries.value,
  libraries: limits.packedLibraries.value,
};

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
  bounds: PackedBounds = usual,
): Promise<PackedLibraries> {
  const search = new Search(bounds);
  const unread: string[] = [];
  const folders = new RealFolders();
  for (const one of executables.filter(({ path }) => archive.test(path))) {
    const place = (await findBackingFile(one, layers, folders))?.place;
    if (place === undefined || !(await search.read(one, place))) unread.push(`/${one.path}`);
  }
  return { contents: [...search.found].toSorted(), unread: unread.slice(0, 5), unreadCount: unread.length };
}

/** What was found in the archives of an image so far, and what that cost. */
class Search {
  readonly found = new Set<string>();
  readonly #spent: Spent = { unpackedBytes: 0, entries: 0 };
  readonly #bounds: PackedBounds;
  readonly #limits: ArchiveLimits;

  constructor(bounds: PackedBounds) {
    this.#bounds = bounds;
    this.#limits = { archiveDepth: deepest, unpackedBytes: bounds.bytes, entries: bounds.entries };
  }

  /** Answers whether all of the archive was read. */
  async read({ size, sha256 }: ScannedExecutable, place: string): Promise<boolean> {
    const { archiveBytes, bytes } = this.#bounds;
    if (size > archiveBytes || this.#spent.unpackedBytes + size > bytes) return false;
    this.#spent.unpackedBytes += size;
    const content = await readFile(place);
    return hashOf(content) === sha256 && this.#add(content, 0);
  }

  #add(content: Uint8Array, depth: number): boolean {
    const { entries, problem } = readDirectory(content, this.#spent, this.#limits);
    let isWhole = problem === undefined;
    for (const entry of entries) {
      const isArchive = archive.test(entry.name);
      if (!isArchive && !mayBeLibrary(entry)) continue;
      const bytes = readEntry(content, entry, { spent: this.#spent, limits: this.#limits });
      if (isProblem(bytes)) isWhole = false;
      else if (isArchive) isWhole = depth < deepest && this.#add(bytes, depth + 1) && isWhole;
      else if (isLibrary(bytes)) isWhole = this.#addContent(hashOf(bytes)) && isWhole;
    }
    return isWhole;
  }

  #addContent(sha256: string): boolean {
    if (!this.found.has(sha256) && this.found.size >= this.#bounds.libraries) return false;
    this.found.add(sha256);
    return true;
  }
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
