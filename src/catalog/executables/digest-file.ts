import { createHash, hash as digestAtOnce, type Hash } from 'node:crypto';
import { codeHead, codeKindOf } from '../code-file.ts';
import { ElfCapture } from './elf-capture.ts';
import { type ElfFacts, readElf } from './elf.ts';

/** What is kept of a file's content. */
export interface FileContent {
  /** First bytes, up to `codeHead`. */
  readonly head: Uint8Array;
  readonly size: number;
  /** Permission bits. */
  readonly mode: number;
  readonly sha256: Buffer;
  readonly md5: Buffer;
  readonly elf?: ElfFacts;
  /** Length of the texts in `elf` together. */
  readonly characters: number;
}

export interface StartedFile {
  readonly path: string;
  readonly size: number;
  readonly mode: number;
  /** Whether it is hashed even when it is no code. */
  readonly isForced: boolean;
}

/** Hashes files as they stream, one after the other; what is no code is dropped after its first bytes. */
export interface FileDigester {
  start(file: StartedFile): void;
  write(chunk: Buffer): void;
  /** `undefined`: it is no code. */
  end(): FileContent | undefined;
}

/** A file under way. `undecided`: too few bytes to tell what it is. */
interface Reading {
  readonly file: StartedFile;
  state: 'undecided' | 'dropped' | 'taken';
  head: Buffer;
  sha256?: Hash;
  md5?: Hash;
  /** Hashes of a file that came in one chunk. */
  whole?: { readonly sha256: Buffer; readonly md5: Buffer };
  size: number;
}

const noBytes = Buffer.alloc(0);
const noFile: StartedFile = { path: '', size: 0, mode: 0, isForced: false };

export function createFileDigester(): FileDigester {
  const capture = new ElfCapture();
  let reading: Reading = begin(noFile);
  return {
    start(file) {
      reading = begin(file);
    },
    write(chunk) {
      if (reading.state === 'dropped') return;
      if (reading.state === 'taken') return take(reading, chunk, capture);
      const seen = reading.head.length === 0 ? chunk : Buffer.concat([reading.head, chunk]);
      reading.head = Buffer.from(seen.subarray(0, codeHead));
      if (seen.length < codeHead && seen.length < reading.file.size) return;
      if (decide(reading) === 'taken') take(reading, seen, capture);
    },
    end() {
      if (reading.state === 'undecided' && decide(reading) === 'taken') take(reading, reading.head, capture);
      return reading.state === 'taken' ? contentOf(reading, capture) : undefined;
    },
  };
}

function begin(file: StartedFile): Reading {
  return { file, state: 'undecided', head: noBytes, size: 0 };
}

function decide(reading: Reading): Reading['state'] {
  const { path, mode, isForced } = reading.file;
  const isTaken = isForced || codeKindOf(path, mode, reading.head) !== undefined;
  reading.state = isTaken ? 'taken' : 'dropped';
  return reading.state;
}

function take(reading: Reading, chunk: Buffer, capture: ElfCapture): void {
  const isFirst = reading.size === 0;
  reading.size += chunk.length;
  if (isElf(reading)) {
    if (isFirst) capture.start(reading.file.size);
    capture.write(chunk);
  }
  if (isFirst && chunk.length === reading.file.size) {
    reading.whole = { sha256: digestAtOnce('sha256', chunk, 'buffer'), md5: digestAtOnce('md5', chunk, 'buffer') };
    return;
  }
  reading.sha256 ??= createHash('sha256');
  reading.md5 ??= createHash('md5');
  reading.sha256.update(chunk);
  reading.md5.update(chunk);
}

function isElf({ file, head }: Reading): boolean {
  return codeKindOf(file.path, file.mode, head) === 'elf';
}

function contentOf(reading: Reading, capture: ElfCapture): FileContent {
  const { file, head, size } = reading;
  const elf = isElf(reading) ? readElf(capture) : undefined;
  const sha256 = reading.whole?.sha256 ?? reading.sha256?.digest() ?? digestAtOnce('sha256', noBytes, 'buffer');
  const md5 = reading.whole?.md5 ?? reading.md5?.digest() ?? digestAtOnce('md5', noBytes, 'buffer');
  return { head, size, mode: file.mode & 0o7777, sha256, md5, ...(elf && { elf }), characters: charactersOf(elf) };
}

function charactersOf(elf: ElfFacts | undefined): number {
  if (elf === undefined) return 0;
  const { needed = [], soname, rpath, runpath, interpreter } = elf;
  return [...needed, soname, rpath, runpath, interpreter].reduce((sum, text) => sum + (text?.length ?? 0), 0);
}
