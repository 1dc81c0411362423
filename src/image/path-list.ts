import { deflateRawSync, inflateRawSync } from 'node:zlib';

/** Most paths of a list: a longer one is not read. */
export const mostPaths = 1_000_000;

/** Bytes before what an entry adds: of them one says how much it shares, two how much follows. */
const headBytes = 3;
const mostShared = 0xff;
const longestEntry = 0xffff;

/** Entries lie in blocks of at most so many bytes, so that a reader never has the whole list before it. */
const blockBytes = 128 * 1024;
/** A block that is shorter is not compressed: an image may have hundreds of layers with a few files each. */
const worthPacking = 16 * 1024;
/** Before the bytes of a block: whether they are compressed, and how many they are. */
const blockHead = 5;

/**
 * Writes paths as bytes, in the order in which they come. An entry says how many bytes it shares with the one before, how many
 * follow, and those. Neighbours are alike beyond that, so blocks of entries are compressed: a million paths take a hundredth of
 * what they take as texts.
 */
export class PathListWriter {
  readonly #blocks: Buffer[] = [];
  #bytes = Buffer.allocUnsafeSlow(1024);
  #length = 0;
  #path = Buffer.allocUnsafeSlow(longestEntry);
  #last = Buffer.allocUnsafeSlow(longestEntry);
  #lastLength = 0;
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** Paths are far shorter than an entry can be (`longestPath`). */
  add(path: string): void {
    const length = this.#path.write(path);
    const most = Math.min(length, this.#lastLength, mostShared);
    let shared = 0;
    while (shared < most && this.#path[shared] === this.#last[shared]) shared += 1;
    const added = length - shared;
    this.#reserve(headBytes + added);
    this.#bytes[this.#length] = shared;
    this.#bytes.writeUInt16LE(added, this.#length + 1);
    this.#path.copy(this.#bytes, this.#length + headBytes, shared, length);
    this.#length += headBytes + added;
    [this.#path, this.#last, this.#lastLength] = [this.#last, this.#path, length];
    this.#count += 1;
  }

  /** The list so far. */
  list(): Uint8Array {
    return new Uint8Array(Buffer.concat([...this.#blocks, ...this.#block()]));
  }

  /** The block that is written now, with its head; none where it is empty. */
  #block(): readonly Buffer[] {
    if (this.#length === 0) return [];
    const bytes = this.#bytes.subarray(0, this.#length);
    const isPacked = bytes.length >= worthPacking;
    const stored = isPacked ? deflateRawSync(bytes, { level: 1 }) : bytes;
    const head = Buffer.alloc(blockHead);
    head.writeUInt8(isPacked ? 1 : 0);
    head.writeUInt32LE(stored.length, 1);
    return [head, stored];
  }

  #reserve(more: number): void {
    if (this.#length + more > blockBytes) {
      // A copy: what the compressor gives is a part of something larger.
      this.#blocks.push(Buffer.concat(this.#block()));
      this.#length = 0;
    }
    if (this.#length + more <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.min(Math.max(2 * this.#bytes.length, this.#length + more), blockBytes));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }
}

/** Paths as one list. */
export function pathList(paths: Iterable<string>): Uint8Array {
  const writer = new PathListWriter();
  for (const path of paths) writer.add(path);
  return writer.list();
}

/** The paths of a list, each made when it is asked for. Throws for bytes that are no such list. */
export function* pathsIn(list: Uint8Array): Generator<string> {
  const path = Buffer.allocUnsafe(mostShared + longestEntry);
  let count = 0;
  for (const bytes of blocksIn(list)) {
    for (let at = 0; at < bytes.length; ) {
      const shared = bytes.readUInt8(at);
      const end = at + headBytes + bytes.readUInt16LE(at + 1);
      if (end > bytes.length) throw new RangeError('The list of paths ends within one.');
      count += 1;
      if (count > mostPaths) throw new RangeError(`The list holds more than ${mostPaths} paths.`);
      const copied = bytes.copy(path, shared, at + headBytes, end);
      yield path.toString('utf8', 0, shared + copied);
      at = end;
    }
  }
}

function* blocksIn(list: Uint8Array): Generator<Buffer> {
  const bytes = Buffer.from(list.buffer, list.byteOffset, list.length);
  for (let at = 0; at < bytes.length; ) {
    const start = at + blockHead;
    const end = start + bytes.readUInt32LE(at + 1);
    if (end > bytes.length) throw new RangeError('The list of paths ends within a block.');
    const stored = bytes.subarray(start, end);
    yield bytes[at] === 0 ? stored : inflateRawSync(stored, { maxOutputLength: blockBytes });
    at = end;
  }
}

/** Those of some paths that a list holds. */
export function pathsAmong(list: Uint8Array, wanted: { has(path: string): boolean }): Set<string> {
  const found = new Set<string>();
  for (const path of pathsIn(list)) if (wanted.has(path)) found.add(path);
  return found;
}
