import { isProblem, readDirectory, readEntry, type Spent, type ZipEntry } from '#ecosystems/index.ts';
import { besideFiles } from './plain-zip.ts';
import type { EvidenceProblem } from './problem.ts';

/** What a package may have at most. */
export const packageBounds = {
  /** Of the file. */
  bytes: 256 * 1024 * 1024,
  entries: 100_000,
  unpackedBytes: 1024 * 1024 * 1024,
  /** Of a record of one answer: JSON, which takes many times as much once it is read. */
  recordBytes: 64 * 1024 * 1024,
  /** Of one file in it. */
  fileBytes: 256 * 1024 * 1024,
} as const;

/** Files of an archive, by their paths. */
export interface OpenArchive {
  readonly paths: ReadonlySet<string>;
  /** Unpacks one; a problem where it does not unpack, or is larger than one may be. */
  read(path: string): Uint8Array | EvidenceProblem;
}

/** Reads the directory of an archive, within bounds, before anything is unpacked. */
export function openArchive(content: Uint8Array): OpenArchive | readonly EvidenceProblem[] {
  if (!begins(content)) return [{ reason: 'unreadable', detail: 'It does not begin as a package does.' }];
  const { entries: most, unpackedBytes } = packageBounds;
  const limits = { entries: most, unpackedBytes, archiveDepth: 1 };
  const spent: Spent = { unpackedBytes: 0, entries: 0 };
  const { entries, problem } = readDirectory(content, spent, limits);
  if (problem !== undefined)
    return [{ reason: problem.code === 'entry-limit' ? 'too-large' : 'unreadable', detail: problem.message }];
  const claimed = entries.reduce((sum, { size }) => sum + size, 0);
  if (claimed > unpackedBytes) return [tooLarge(`Its files have ${claimed} bytes; ${unpackedBytes} are read.`)];
  const byPath = new Map<string, ZipEntry>();
  const bad = entries.filter((entry) => {
    const isBad = !isPlainPath(entry.name) || byPath.has(entry.name);
    byPath.set(entry.name, entry);
    return isBad;
  });
  if (bad.length > 0) return bad.slice(0, 10).map(({ name }) => ({ reason: 'bad-path', path: name }));
  const beside = besideFiles(
    content,
    entries.map(({ name }) => name),
  );
  if (beside !== undefined) return [beside];
  return {
    paths: new Set(byPath.keys()),
    read: (path) => {
      const entry = byPath.get(path);
      if (entry === undefined) return { reason: 'file-missing', path };
      if (entry.size > packageBounds.fileBytes) return tooLarge(`"${path}" has ${entry.size} bytes.`);
      const read = readEntry(content, entry, { spent, limits });
      if (!isProblem(read)) return read;
      return read.code === 'unpacked-limit' ? tooLarge(read.message) : { reason: 'file-changed', path };
    },
  };
}

/** Nothing stands before the first file: it would be verified by nobody. */
function begins(content: Uint8Array): boolean {
  return content[0] === 0x50 && content[1] === 0x4b && content[2] === 3 && content[3] === 4;
}

function tooLarge(detail: string): EvidenceProblem {
  return { reason: 'too-large', detail };
}

/** Relative, within its folder, of letters that every file system takes. */
function isPlainPath(path: string): boolean {
  return /^[A-Za-z0-9_][A-Za-z0-9._-]*(?:\/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$/.test(path) && path.length <= 1024;
}
