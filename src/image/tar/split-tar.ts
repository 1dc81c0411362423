import { readSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { messageOf, parseJsonWithin } from '#base/index.ts';
import { type ConfinedFolder, confine, UnreachableFile } from '../confined-folder.ts';
import { shownPath } from '../path.ts';
import { DamagedStream, unpackRange } from '../unpack.ts';

/**
 * A tar as Docker's own store keeps it: the payloads of its files unpacked in a folder, and every other byte in a recipe
 * (`tar-split.json.gz` of github.com/vbatts/tar-split, one JSON object a line). Type 2 is a stretch of raw bytes, headers
 * and padding; type 1 stands for the payload of a file.
 */
export interface SplitTar {
  readonly recipe: string;
  readonly folder: string;
}

/** Thrown where a payload is not what the recipe says; what comes before it has been handed over. */
export class MissingPayload extends Error {
  readonly path: string;

  constructor(path: string, reason: string) {
    super(`${shownPath(path)} ${reason}`);
    this.path = path.slice(0, 4096);
  }
}

const chunkSize = 1024 * 1024;
/** Headers of one entry have at most some MiB, and padding is cut into pieces of one. */
const longestLine = 32 * 1024 * 1024;

/**
 * Puts the tar together again, byte for byte; a chunk is valid until the next one is asked for. The checksums of the
 * recipe are not compared: who reads a layer compares the digest of the whole. Files are read synchronously, which
 * threads that read layers may do. Throws `MissingPayload`, and `DamagedStream` where the recipe is none.
 */
export async function* joinSplitTar({ recipe, folder }: SplitTar): AsyncGenerator<Buffer, void, undefined> {
  const confined = reached('the folder of the layer', () => confine(folder));
  const chunk = Buffer.allocUnsafeSlow(chunkSize);
  let filled = 0;
  try {
    for await (const line of linesOf(recipe)) {
      const reader = readerOf(line, confined);
      try {
        while (true) {
          const read = reader.read(chunk.subarray(filled));
          if (read === 0) break;
          filled += read;
          if (filled < chunkSize) continue;
          yield chunk;
          filled = 0;
        }
      } finally {
        reader.close();
      }
    }
    if (filled > 0) yield chunk.subarray(0, filled);
  } catch (error) {
    if (filled > 0) yield chunk.subarray(0, filled);
    throw error;
  } finally {
    confined.close();
  }
}

/** Lines of the unpacked recipe. */
async function* linesOf(recipe: string): AsyncGenerator<Buffer, void, undefined> {
  const range = { file: recipe, offset: 0, length: (await stat(recipe)).size };
  let begun: Buffer[] = [];
  let length = 0;
  for await (const chunk of unpackRange(range, 'gzip', () => undefined)) {
    let start = 0;
    for (let end = chunk.indexOf(0x0a); end !== -1; end = chunk.indexOf(0x0a, start)) {
      const rest = chunk.subarray(start, end);
      yield begun.length === 0 ? rest : Buffer.concat([...begun, rest]);
      begun = [];
      length = 0;
      start = end + 1;
    }
    if (start === chunk.length) continue;
    begun.push(chunk.subarray(start));
    length += chunk.length - start;
    if (length > longestLine) throw new DamagedStream('the recipe of the layer has too long a line');
  }
  if (begun.length > 0) yield Buffer.concat(begun);
}

interface Reader {
  /** Puts the next bytes at the start of `into`; 0 at the end. */
  read(into: Buffer): number;
  close(): void;
}

const nothing: Reader = { read: () => 0, close() {} };

function readerOf(line: Buffer, folder: ConfinedFolder): Reader {
  const entry = entryOf(line);
  if (entry['type'] === 2 && typeof entry['payload'] === 'string') return bytesReader(entry['payload']);
  const path = pathOf(entry);
  const size = entry['size'] ?? 0;
  if (entry['type'] !== 1 || path === undefined || typeof size !== 'number') throw noRecipe();
  return size === 0 ? nothing : payloadReader(folder, path, size);
}

function entryOf(line: Buffer): Readonly<Record<string, unknown>> {
  const read = parseJsonWithin(line, { bytes: longestLine, tokens: 1000, depth: 10 });
  if (read.kind === 'read' && typeof read.value === 'object' && read.value !== null) return { ...read.value };
  throw noRecipe();
}

/** Bytes of a name, one character each. A name that is not UTF-8 is written as base64 of its bytes. */
function pathOf({ name, name_raw: raw }: Readonly<Record<string, unknown>>): string | undefined {
  if (typeof raw === 'string' && raw !== '') return Buffer.from(raw, 'base64').toString('latin1');
  return typeof name === 'string' ? Buffer.from(name, 'utf8').toString('latin1') : undefined;
}

function noRecipe(): DamagedStream {
  return new DamagedStream('the recipe of the layer has a line that is none');
}

function bytesReader(base64: string): Reader {
  const bytes = Buffer.from(base64, 'base64');
  let done = 0;
  return {
    read(into) {
      const copied = bytes.copy(into, 0, done);
      done += copied;
      return copied;
    },
    close() {},
  };
}

function payloadReader(folder: ConfinedFolder, path: string, size: number): Reader {
  const shown = Buffer.from(path, 'latin1').toString('utf8');
  const file = reached(shown, () => folder.open(path));
  if (file.size !== size) {
    file.close();
    throw new MissingPayload(shown, `has ${file.size} bytes instead of ${size}`);
  }
  let left = size;
  return {
    read(into) {
      if (left === 0) return 0;
      const read = reached(shown, () => readSync(file.descriptor, into, 0, Math.min(into.length, left), null));
      if (read === 0) throw new MissingPayload(shown, 'is cut off');
      left -= read;
      return read;
    },
    close: file.close,
  };
}

function reached<Value>(path: string, work: () => Value): Value {
  try {
    return work();
  } catch (error) {
    throw new MissingPayload(path, error instanceof UnreachableFile ? error.message : `fails: ${messageOf(error)}`);
  }
}
