import { type Layout, WireError } from './layout.ts';

/** Reads a payload from front to back; every step that leaves it throws `WireError`. */
export class PayloadReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  take<Value>(layout: Layout<Value>): Value {
    const at = this.#advance(layout.size);
    return layout.read(this.#bytes, at);
  }

  /** So many one after the other. */
  takeMany<Value>(layout: Layout<Value>, count: number): Value[] {
    if (count * layout.size > this.#bytes.length - this.#at) throw cut(count * layout.size, this.#bytes.length);
    return Array.from({ length: count }, () => this.take(layout));
  }

  takeText(): string {
    const at = this.#advance(2);
    const length = this.#bytes.readUInt16LE(at);
    const from = this.#advance(length);
    return this.#bytes.toString('utf8', from, from + length);
  }

  takeTexts(count: number): string[] {
    if (count * 2 > this.#bytes.length - this.#at) throw cut(count * 2, this.#bytes.length);
    return Array.from({ length: count }, () => this.takeText());
  }

  /** So many structs, each with a text behind it. */
  takeNamed<Value>(layout: Layout<Value>, count: number): (readonly [Value, string])[] {
    if (count * (layout.size + 2) > this.#bytes.length - this.#at) throw cut(count * layout.size, this.#bytes.length);
    return Array.from({ length: count }, () => [this.take(layout), this.takeText()] as const);
  }

  /** Nothing may follow. */
  end(): void {
    const left = this.#bytes.length - this.#at;
    if (left > 0) throw new WireError(`${left} bytes follow a payload that is whole.`);
  }

  #advance(size: number): number {
    const at = this.#at;
    if (at + size > this.#bytes.length) throw cut(at + size, this.#bytes.length);
    this.#at = at + size;
    return at;
  }
}

function cut(needed: number, length: number): WireError {
  return new WireError(`A payload of ${length} bytes is cut off: ${needed} are needed.`);
}

/** Writes a payload from front to back. */
export class PayloadWriter {
  readonly #parts: Buffer[] = [];

  put<Value>(layout: Layout<Value>, value: Value): void {
    const bytes = Buffer.alloc(layout.size);
    layout.write(bytes, 0, value);
    this.#parts.push(bytes);
  }

  putMany<Value>(layout: Layout<Value>, values: readonly Value[]): void {
    const bytes = Buffer.alloc(layout.size * values.length);
    for (const [index, value] of values.entries()) layout.write(bytes, index * layout.size, value);
    this.#parts.push(bytes);
  }

  putText(value: string): void {
    const bytes = Buffer.from(value);
    if (bytes.length > 0xffff) throw new WireError(`A text of ${bytes.length} bytes is too long.`);
    const length = Buffer.alloc(2);
    length.writeUInt16LE(bytes.length);
    this.#parts.push(length, bytes);
  }

  bytes(): Buffer {
    return Buffer.concat(this.#parts);
  }
}
