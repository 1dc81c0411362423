import { WireError } from './layout.ts';
import { header } from './structs.ts';
import { longestFrame } from './words.ts';

/** A frame that was cut out of a stream. `payload` is a view of what came. */
export interface RawFrame {
  readonly type: number;
  readonly payload: Buffer;
}

/** Cuts a stream of bytes into frames. What came is copied only where a frame does not lie in one piece. */
export class FrameSplitter {
  #parts: Buffer[] = [];
  #held = 0;
  /** Bytes that must be there before it is worth looking. */
  #needed = header.size;

  /** Frames that are whole now. Throws `WireError` for one that is too long; nothing can follow it. */
  push(chunk: Buffer): readonly RawFrame[] {
    this.#parts.push(chunk);
    this.#held += chunk.length;
    if (this.#held < this.#needed) return [];
    const bytes = this.#parts.length === 1 ? chunk : Buffer.concat(this.#parts);
    const frames: RawFrame[] = [];
    let at = 0;
    this.#needed = header.size;
    while (bytes.length - at >= header.size) {
      const { length, type } = header.read(bytes, at);
      if (length > longestFrame) throw new WireError(`A frame of ${length} bytes is too long.`);
      this.#needed = header.size + length;
      if (bytes.length - at < this.#needed) break;
      frames.push({ type, payload: bytes.subarray(at + header.size, at + this.#needed) });
      at += this.#needed;
      this.#needed = header.size;
    }
    const rest = bytes.subarray(at);
    this.#parts = rest.length === 0 ? [] : [rest];
    this.#held = rest.length;
    return frames;
  }
}
