import { crc32, inflateRawSync } from 'node:zlib';
import type { FaultCode } from '#image/index.ts';
import type { ArchiveLimits } from './analyzer.ts';

/** What archives inside one file have cost so far; shared by all archives nested in it. */
export interface Spent {
  unpackedBytes: number;
  entries: number;
}

/** Why an archive, or one entry of it, was not read. */
export interface ArchiveProblem {
  readonly code: FaultCode;
  readonly message: string;
}

/** One entry, as the central directory tells. Sizes are claims until it is read. */
export interface ZipEntry {
  readonly name: string;
  readonly method: number;
  readonly encrypted: boolean;
  readonly crc: number;
  readonly packed: number;
  readonly size: number;
  /** Where its local header lies. */
  readonly offset: number;
}

/** The directory of a zip archive; with a problem, `entries` holds what could be read before it. */
export interface ZipDirectory {
  readonly entries: readonly ZipEntry[];
  readonly problem?: ArchiveProblem;
}

const signatures = {
  local: 0x04034b50,
  central: 0x02014b50,
  end: 0x06054b50,
  locator64: 0x07064b50,
  end64: 0x06064b50,
};
const localHeader = Buffer.from('PK\u0003\u0004', 'latin1');
const unknown32 = 0xffffffff;

/** Whether the bytes begin as a zip archive does, or hold the end of one behind a start script. */
export function looksLikeZip(content: Uint8Array): boolean {
  const view = viewOf(content);
  return (view.length >= 4 && view.readUInt32LE(0) === signatures.local) || endOf(view) !== undefined;
}

/**
 * Reads the central directory (APPNOTE.TXT 4.3.12, zip64 included), as Java does: local headers alone name no entry.
 * Archives with a start script before them are read too.
 */
export function readDirectory(content: Uint8Array, spent: Spent, limits: ArchiveLimits): ZipDirectory {
  const view = viewOf(content);
  const end = endOf(view);
  if (end === undefined) return { entries: [], problem: truncated('The archive ends before its directory.') };
  const entries: ZipEntry[] = [];
  const start = end.position - end.size;
  const shift = start - end.offset;
  if (start < 0 || shift < 0) return { entries, problem: corrupt('The directory lies outside the archive.') };
  // An archive cut behind an archive that it holds ends like a whole one; entries before its start give it away.
  if (view.subarray(0, shift).includes(localHeader)) return { entries, problem: truncated('The archive is cut off.') };
  let at = start;
  while (at + 46 <= end.position && view.readUInt32LE(at) === signatures.central) {
    if (spent.entries >= limits.entries) return { entries, problem: entryLimit(limits) };
    const entry = entryAt(view, at, shift);
    at += 46 + view.readUInt16LE(at + 28) + view.readUInt16LE(at + 30) + view.readUInt16LE(at + 32);
    if (at > end.position) return { entries, problem: corrupt('The directory of the archive is cut off.') };
    entries.push(entry);
    spent.entries += 1;
  }
  if (at === end.position && entries.length % 0x10000 === end.count % 0x10000) return { entries };
  return { entries, problem: corrupt(`The directory names ${end.count} entries and holds ${entries.length}.`) };
}

/** Unpacks one entry, and checks the size and checksum that the directory claims. */
export function readEntry(
  content: Uint8Array,
  entry: ZipEntry,
  budget: { readonly spent: Spent; readonly limits: ArchiveLimits; readonly longest?: number },
): Uint8Array | ArchiveProblem {
  const { spent, limits, longest = Number.POSITIVE_INFINITY } = budget;
  if (entry.size > longest) return { code: 'file-limit', message: `${entry.name} is larger than ${longest} bytes.` };
  const view = viewOf(content);
  const packed = packedBytes(view, entry);
  if ('code' in packed) return packed;
  if (spent.unpackedBytes + entry.size > limits.unpackedBytes) return unpackedLimit(limits);
  spent.unpackedBytes += entry.size;
  const bytes = entry.method === 0 ? packed : inflate(packed, entry.size);
  if (bytes === undefined || bytes.length !== entry.size) return corrupt(`${entry.name} does not unpack to its size.`);
  return crc32(bytes) === entry.crc ? bytes : corrupt(`${entry.name} does not match its checksum.`);
}

/** Whether reading an entry failed. */
export function isProblem(read: Uint8Array | ArchiveProblem): read is ArchiveProblem {
  return 'code' in read;
}

function packedBytes(view: Buffer, entry: ZipEntry): Buffer | ArchiveProblem {
  if (entry.encrypted) return corrupt(`${entry.name} is encrypted.`);
  if (entry.method !== 0 && entry.method !== 8) return corrupt(`${entry.name} is packed by method ${entry.method}.`);
  const { offset } = entry;
  if (offset + 30 > view.length) return truncated(`${entry.name} lies behind the end of the archive.`);
  if (view.readUInt32LE(offset) !== signatures.local) return corrupt(`${entry.name} is not where the directory says.`);
  const start = offset + 30 + view.readUInt16LE(offset + 26) + view.readUInt16LE(offset + 28);
  if (start + entry.packed > view.length) return truncated(`${entry.name} is cut off.`);
  return view.subarray(start, start + entry.packed);
}

/** One byte more than claimed is allowed, so that a lie shows and costs nothing. */
function inflate(packed: Buffer, size: number): Buffer | undefined {
  try {
    return inflateRawSync(packed, { maxOutputLength: size + 1 });
  } catch {
    return undefined;
  }
}

interface DirectoryEnd {
  /** Where the directory ends. */
  readonly position: number;
  readonly size: number;
  readonly offset: number;
  readonly count: number;
}

/** The end record lies in the last 64 KiB, followed by a comment up to the end; whatever else follows needs a directory before it. */
function endOf(view: Buffer): DirectoryEnd | undefined {
  for (let at = view.length - 22; at >= 0 && at >= view.length - 22 - 0xffff; at -= 1) {
    if (view[at] !== 0x50 || view.readUInt32LE(at) !== signatures.end) continue;
    const end = zip64EndOf(view, at) ?? {
      position: at,
      size: view.readUInt32LE(at + 12),
      offset: view.readUInt32LE(at + 16),
      count: view.readUInt16LE(at + 10),
    };
    const start = end.position - end.size;
    const hasDirectory = end.size >= 46 && start >= 0 && view.readUInt32LE(start) === signatures.central;
    if (hasDirectory || at + 22 + view.readUInt16LE(at + 20) === view.length) return end;
  }
  return undefined;
}

function zip64EndOf(view: Buffer, end: number): DirectoryEnd | undefined {
  const locator = end - 20;
  if (locator < 56 || view.readUInt32LE(locator) !== signatures.locator64) return undefined;
  // The locator's offset counts from the start of the archive; with a script before it, the record still ends here.
  const candidates = [Number(view.readBigUInt64LE(locator + 8)), locator - 56];
  const position = candidates.find((at) => at <= locator - 56 && view.readUInt32LE(at) === signatures.end64);
  if (position === undefined) return undefined;
  return {
    position,
    size: Number(view.readBigUInt64LE(position + 40)),
    offset: Number(view.readBigUInt64LE(position + 48)),
    count: Number(view.readBigUInt64LE(position + 32)),
  };
}

function entryAt(view: Buffer, at: number, shift: number): ZipEntry {
  const nameLength = view.readUInt16LE(at + 28);
  const nameEnd = Math.min(at + 46 + nameLength, view.length);
  const extra = view.subarray(nameEnd, Math.min(nameEnd + view.readUInt16LE(at + 30), view.length));
  const claimed = {
    size: view.readUInt32LE(at + 24),
    packed: view.readUInt32LE(at + 20),
    offset: view.readUInt32LE(at + 42),
  };
  const { size, packed, offset } = Object.values(claimed).includes(unknown32) ? zip64Sizes(extra, claimed) : claimed;
  return {
    name: view.toString('utf8', at + 46, nameEnd),
    method: view.readUInt16LE(at + 10),
    encrypted: (view.readUInt16LE(at + 8) & 1) === 1,
    crc: view.readUInt32LE(at + 16),
    packed,
    size,
    offset: offset + shift,
  };
}

interface Sizes {
  readonly size: number;
  readonly packed: number;
  readonly offset: number;
}

/** Extra field 1 holds, in this order, those of the three that do not fit 32 bits. */
function zip64Sizes(extra: Buffer, claimed: Sizes): Sizes {
  for (let at = 0; at + 4 <= extra.length; at += 4 + extra.readUInt16LE(at + 2)) {
    if (extra.readUInt16LE(at) !== 1) continue;
    let next = at + 4;
    const take = (value: number): number => {
      if (value !== unknown32 || next + 8 > extra.length) return value;
      next += 8;
      return Number(extra.readBigUInt64LE(next - 8));
    };
    return { size: take(claimed.size), packed: take(claimed.packed), offset: take(claimed.offset) };
  }
  return claimed;
}

function viewOf(content: Uint8Array): Buffer {
  return Buffer.from(content.buffer, content.byteOffset, content.byteLength);
}

function corrupt(message: string): ArchiveProblem {
  return { code: 'corrupt-archive', message };
}

function truncated(message: string): ArchiveProblem {
  return { code: 'truncated-archive', message };
}

function entryLimit(limits: ArchiveLimits): ArchiveProblem {
  return { code: 'entry-limit', message: `Archives in this file hold more than ${limits.entries} entries.` };
}

function unpackedLimit(limits: ArchiveLimits): ArchiveProblem {
  return {
    code: 'unpacked-limit',
    message: `Archives in this file unpack to more than ${limits.unpackedBytes} bytes.`,
  };
}
