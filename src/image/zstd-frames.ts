/** What the next bytes of a compressed stream are, and how many of them there are. */
interface Part {
  readonly kind: 'magic' | 'descriptor' | 'header' | 'block-header' | 'block' | 'checksum' | 'skip-length' | 'skip';
  readonly length: number;
}

const magic: Part = { kind: 'magic', length: 4 };
const blockHeader: Part = { kind: 'block-header', length: 3 };
const frameMagic = 0xfd2fb528;
/** Of sixteen magic numbers, which differ in their last four bits. */
const skippableMagic = 0x184d2a50;

/** Whether these four bytes begin a frame of zstd that holds data, or one that is skipped. */
export function isZstdMagic(bytes: Buffer): boolean {
  if (bytes.length < 4) return false;
  const number = bytes.readUInt32LE(0);
  return number === frameMagic || isSkippable(number);
}

function isSkippable(number: number): boolean {
  return (number & ~0xf) >>> 0 === skippableMagic;
}

/**
 * Cuts zstd where its frames end (RFC 8878, 3.1): the decoder takes one frame a write, and what lies behind its end in
 * the same write is lost without a word. Follows the headers of frames and blocks and reads nothing in them.
 */
export class ZstdFrames {
  #part = magic;
  /** Bytes of the part that came so far. */
  #taken = 0;
  /** The part itself, where it is a header. */
  readonly #head = Buffer.alloc(14);
  #hasChecksum = false;
  #isLastBlock = false;
  #isSkipped = false;

  /**
   * Pieces of the next bytes, of one frame at most each, without frames that are skipped. They share the chunk's memory.
   * Throws where bytes begin no frame.
   */
  cut(chunk: Buffer): readonly Buffer[] {
    const pieces: Buffer[] = [];
    let [start, offset] = [0, 0];
    while (offset < chunk.length) {
      const { kind, length } = this.#part;
      const isSpanned = this.#taken > 0;
      const count = Math.min(length - this.#taken, chunk.length - offset);
      if (length <= this.#head.length) chunk.copy(this.#head, this.#taken, offset, offset + count);
      this.#taken += count;
      offset += count;
      if (this.#taken < length) break;
      this.#taken = 0;
      this.#part = this.#next();
      if (kind === 'magic' && isSpanned) {
        if (!this.#isSkipped) pieces.push(Buffer.from(this.#head.subarray(0, 4)));
        start = offset;
      }
      if (this.#part !== magic) continue;
      if (!this.#isSkipped) pieces.push(chunk.subarray(start, offset));
      start = offset;
    }
    // A magic number that is not whole may begin a frame that is skipped.
    const isKept = this.#part.kind !== 'magic' && !this.#isSkipped && start < chunk.length;
    return isKept ? [...pieces, chunk.subarray(start)] : pieces;
  }

  /** The part behind the one that is whole. */
  #next(): Part {
    const head = this.#head;
    switch (this.#part.kind) {
      case 'magic':
        if (!isZstdMagic(head)) throw new Error('bytes that are no frame follow');
        this.#isSkipped = isSkippable(head.readUInt32LE(0));
        return this.#isSkipped ? { kind: 'skip-length', length: 4 } : { kind: 'descriptor', length: 1 };
      case 'descriptor':
        this.#hasChecksum = (head.readUInt8(0) & 4) !== 0;
        return { kind: 'header', length: headerLength(head.readUInt8(0)) };
      case 'header':
        return blockHeader;
      case 'block-header': {
        const header = head.readUIntLE(0, 3);
        this.#isLastBlock = (header & 1) !== 0;
        // A run of one byte is stored once.
        const length = ((header >> 1) & 3) === 1 ? 1 : header >> 3;
        return length > 0 ? { kind: 'block', length } : this.#afterBlock();
      }
      case 'block':
        return this.#afterBlock();
      case 'skip-length': {
        const length = head.readUInt32LE(0);
        return length > 0 ? { kind: 'skip', length } : magic;
      }
      case 'checksum':
      case 'skip':
        return magic;
    }
  }

  #afterBlock(): Part {
    if (!this.#isLastBlock) return blockHeader;
    return this.#hasChecksum ? { kind: 'checksum', length: 4 } : magic;
  }
}

/** Bytes of a frame's header behind its descriptor: window, dictionary, size of the content. At least one. */
function headerLength(descriptor: number): number {
  const isSingle = (descriptor & 0x20) !== 0;
  const dictionary = [0, 1, 2, 4][descriptor & 3] ?? 0;
  const size = [isSingle ? 1 : 0, 2, 4, 8][descriptor >> 6] ?? 0;
  return (isSingle ? 0 : 1) + dictionary + size;
}
