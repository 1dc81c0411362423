import { loadSegment } from '../elf-layout.ts';
import type { Program } from '../program.ts';

/**
 * A program of .NET that was published as a single file: the host program, with everything else appended
 * (dotnet/designs, accepted/2020/single-file). The host holds the place of the list of what is appended, followed by a
 * signature: the SHA-256 of `.net core bundle` and a line feed.
 */

const signature = Buffer.from('8b1202b96a612038727b930214d7a03213f5b9e6efae3318ee3b2dce24b36aae', 'hex');
const placeLength = 8;
const depsJson = '.deps.json';
const mostFiles = 100_000;
const largestList = 64 * 1024 ** 2;
/** Versions of the list: 1 of .NET Core 3, 2 of .NET 5, 6 since .NET 6. */
const highestVersion = 255;
/** The setting that every host reads for what it traces; other programs may know the signature too. */
const settingOfHosts = Buffer.from('COREHOST_TRACE');

/** The text of the appended `NAME.deps.json`. `undefined`: no single file; `none`: one that lists nothing; `damaged`. */
export function dependenciesInBundle(
  program: Program,
): { readonly text: string } | 'not-at-hand' | 'none' | 'damaged' | undefined {
  const at = placeOfList(program);
  if (at === undefined) return undefined;
  if (!program.isWhole) return 'not-at-hand';
  const { bytes, size } = program;
  try {
    const found = readList(new Reader(bytes.upTo(at, size - at)));
    if (found === undefined) return 'none';
    if (found.size > largestList) return 'damaged';
    const text = bytes.read(found.offset, found.size)?.toString('utf8');
    return text === undefined ? 'damaged' : { text };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return bytes.upTo(0, size).includes(settingOfHosts) ? 'damaged' : undefined;
  }
}

/** The host keeps the place among what it may write to; zero where nothing is appended. */
function placeOfList({ layout, bytes }: Program): number | undefined {
  for (const segment of layout.segments) {
    if (segment.type !== loadSegment || !segment.isWritable) continue;
    const end = segment.offset + segment.fileSize;
    let content = Buffer.alloc(0);
    for (
      let at = segment.offset, piece = bytes.upTo(at, end - at);
      piece.length > 0;
      piece = bytes.upTo(at, end - at)
    ) {
      // What is at hand may be in pieces, and the signature lie across two of them.
      content = Buffer.concat([content.subarray(-(placeLength + signature.length)), piece]);
      at += piece.length;
      const found = content.indexOf(signature);
      if (found < placeLength) continue;
      const place = Number(content.readBigInt64LE(found - placeLength));
      return place === 0 ? undefined : place;
    }
  }
  return undefined;
}

interface Appended {
  readonly offset: number;
  readonly size: number;
}

/**
 * Since version 2 the list begins with the place of the packages. Version 1 has it among all files, and kinds of files
 * were numbered otherwise by then, so the name tells.
 */
function readList(list: Reader): Appended | undefined {
  const [major, minor, files] = [list.uint32(), list.uint32(), list.uint32()];
  if (major === 0 || major > highestVersion || minor > highestVersion) throw new RangeError('no such version');
  list.text();
  if (major >= 2) {
    const found = { offset: list.int64(), size: list.int64() };
    return found.offset === 0 ? undefined : found;
  }
  for (let at = 0; at < Math.min(files, mostFiles); at++) {
    const found = { offset: list.int64(), size: list.int64() };
    list.uint8();
    if (list.text().endsWith(depsJson)) return found;
  }
  return undefined;
}

/** Reads one value after the other. Throws `RangeError` behind the end. */
class Reader {
  #at = 0;
  readonly #bytes: Buffer;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  uint8(): number {
    return this.#bytes.readUInt8(this.#advance(1));
  }

  uint32(): number {
    return this.#bytes.readUInt32LE(this.#advance(4));
  }

  int64(): number {
    const value = Number(this.#bytes.readBigInt64LE(this.#advance(8)));
    if (value < 0) throw new RangeError('a negative place');
    return value;
  }

  /** Its length comes first, seven bits a byte. */
  text(): string {
    let length = 0;
    for (let shift = 0; shift <= 14; shift += 7) {
      const byte = this.uint8();
      length += (byte & 0x7f) << shift;
      if (byte >= 0x80) continue;
      const at = this.#advance(length);
      return this.#bytes.toString('utf8', at, at + length);
    }
    throw new RangeError('a name without end');
  }

  #advance(by: number): number {
    const at = this.#at;
    this.#at += by;
    if (this.#at > this.#bytes.length) throw new RangeError('behind the end');
    return at;
  }
}
