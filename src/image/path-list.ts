/** Bytes before what an entry adds: of them one says how much it shares, two how much follows. */
const headBytes = 3;
const mostShared = 0xff;
const longestEntry = 0xffff;

/**
 * Writes paths as bytes, in the order in which they come. An entry says how many bytes it shares with the one before, how many
 * follow, and those. Neighbours share their folder, so a million paths take a tenth of what they take as texts.
 */
export class PathListWriter {
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

  /** The list so far; it is not to be changed. */
  list(): Uint8Array {
    return new Uint8Array(this.#bytes.buffer, 0, this.#length);
  }

  #reserve(more: number): void {
    if (this.#length + more <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(2 * this.#bytes.length, this.#length + more));
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
  const bytes = Buffer.from(list.buffer, list.byteOffset, list.length);
  const path = Buffer.allocUnsafe(mostShared + longestEntry);
  for (let at = 0; at < bytes.length; ) {
    const shared = bytes.readUInt8(at);
    const end = at + headBytes + bytes.readUInt16LE(at + 1);
    if (end > bytes.length) throw new RangeError('The list of paths ends within one.');
    const copied = bytes.copy(path, shared, at + headBytes, end);
    yield path.toString('utf8', 0, shared + copied);
    at = end;
  }
}

/** Those of some paths that a list holds. */
export function pathsAmong(list: Uint8Array, wanted: { has(path: string): boolean }): Set<string> {
  const found = new Set<string>();
  for (const path of pathsIn(list)) if (wanted.has(path)) found.add(path);
  return found;
}
