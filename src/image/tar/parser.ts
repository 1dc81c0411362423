import { blockSize, type RawHeader, readHeader, readNumber } from './header.ts';
import { extend, isPreface, type Member, memberOf, type Preface } from './member.ts';
import type { FileSink } from '../source.ts';
import { expand, headerStretches, type SparseMap, type Stretch } from './sparse.ts';

/** What the reader of a tar does with its entries. */
export interface TarHandler {
  /** Called for each entry; content of a regular file is kept where it answers true. */
  entry(member: Member): boolean;
  /** The whole content of a file that was asked for, a copy of its own. */
  content(member: Member, bytes: Buffer): void;
  /** Asked for each regular file after `entry`: what takes its bytes as they arrive, those of a sparse file at once. */
  sink?(member: Member): FileSink | undefined;
}

/** How an archive ended. What was read before damage was handed over. */
export type TarEnd =
  | { readonly kind: 'complete' }
  | { readonly kind: 'truncated'; readonly detail: string }
  | { readonly kind: 'corrupt'; readonly detail: string };

/** PAX headers and long names larger than this are damage: Linux paths have at most 4,096 bytes. */
const longestPreface = 1024 * 1024;

/** Longest sparse map that is believed. */
const mostStretches = 100_000;

/** A regular file whose content is being collected. */
interface Collected {
  readonly bytes: Buffer;
  readonly isWanted: boolean;
}

type Step =
  | { readonly kind: 'header' }
  | { readonly kind: 'preface'; readonly flag: string; readonly bytes: Buffer; readonly length: number }
  | { readonly kind: 'sparse-blocks'; readonly header: RawHeader; readonly size: number; readonly stretches: Stretch[] }
  | {
      readonly kind: 'content';
      readonly member: Member;
      readonly collected?: Collected;
      readonly sink?: FileSink;
      readonly length: number;
    }
  | { readonly kind: 'done'; readonly end: TarEnd };

/**
 * Reads a tar as it arrives, in chunks of any size: ustar, PAX, GNU long names, all GNU sparse formats. It follows Go's
 * archive/tar, which engines unpack with, wherever tar programs differ: an image must not show a scanner other files
 * than it shows the engine.
 */
export class TarParser {
  readonly #handler: TarHandler;
  readonly #scratch = Buffer.alloc(blockSize);
  #step: Step = { kind: 'header' };
  #preface: Preface = {};
  /** Bytes of the step taken so far; padding counts. */
  #taken = 0;
  #emptyBlocks = 0;

  constructor(handler: TarHandler) {
    this.#handler = handler;
  }

  /** Takes the next bytes; the caller may reuse them afterwards. */
  push(chunk: Buffer): void {
    let offset = 0;
    while (offset < chunk.length) {
      const step = this.#step;
      if (step.kind === 'done') return;
      const inBlocks = step.kind === 'header' || step.kind === 'sparse-blocks';
      offset += inBlocks ? this.#takeBlock(chunk, offset) : this.#takeData(step, chunk, offset);
    }
  }

  /** To be asked when no more bytes come. */
  end(): TarEnd {
    if (this.#step.kind === 'done') return this.#step.end;
    if (this.#step.kind === 'header' && this.#taken === 0) return { kind: 'complete' };
    return { kind: 'truncated', detail: 'it ends in the middle of an entry' };
  }

  #takeBlock(chunk: Buffer, offset: number): number {
    if (this.#taken === 0 && chunk.length - offset >= blockSize) {
      this.#onBlock(chunk, offset);
      return blockSize;
    }
    const length = Math.min(blockSize - this.#taken, chunk.length - offset);
    chunk.copy(this.#scratch, this.#taken, offset, offset + length);
    this.#taken += length;
    if (this.#taken === blockSize) {
      this.#taken = 0;
      this.#onBlock(this.#scratch, 0);
    }
    return length;
  }

  #onBlock(bytes: Buffer, offset: number): void {
    const step = this.#step;
    if (step.kind === 'sparse-blocks') return this.#onSparseBlock(step, bytes.subarray(offset, offset + blockSize));
    const block = readHeader(bytes, offset);
    switch (block.kind) {
      case 'empty':
        this.#emptyBlocks += 1;
        if (this.#emptyBlocks === 2) this.#step = { kind: 'done', end: { kind: 'complete' } };
        return;
      case 'bad':
        return this.#damaged('a header has a wrong checksum or number');
      case 'header':
        if (this.#emptyBlocks > 0) return this.#damaged('an entry follows an empty block');
        return this.#onHeader(block.header, bytes.subarray(offset, offset + blockSize));
    }
  }

  #onHeader(header: RawHeader, bytes: Buffer): void {
    if (isPreface(header.flag)) {
      if (header.size > longestPreface) return this.#damaged('an extended header is larger than 1 MiB');
      const length = padded(header.size);
      this.#step = { kind: 'preface', flag: header.flag, bytes: Buffer.allocUnsafe(header.size), length };
      return this.#settle();
    }
    if (header.flag !== 'S') return this.#onMember(header, undefined);
    const stretches = headerStretches(bytes, 386, 4);
    const size = readNumber(bytes, 483, 12);
    if (stretches === undefined || size === undefined) return this.#damaged('a sparse map is malformed');
    if (bytes[482] === 0) return this.#onMember(header, { size, map: { kind: 'listed', stretches } });
    this.#step = { kind: 'sparse-blocks', header, size, stretches: [...stretches] };
  }

  #onSparseBlock(step: Step & { kind: 'sparse-blocks' }, bytes: Buffer): void {
    const more = headerStretches(bytes, 0, 21);
    if (more === undefined || step.stretches.length > mostStretches) return this.#damaged('a sparse map is malformed');
    step.stretches.push(...more);
    if (bytes[504] !== 0) return;
    this.#onMember(step.header, { size: step.size, map: { kind: 'listed', stretches: step.stretches } });
  }

  #onMember(header: RawHeader, old: { readonly size: number; readonly map: SparseMap } | undefined): void {
    const read = memberOf(header, this.#preface);
    this.#preface = {};
    if (read === undefined) return this.#damaged('an extended header is malformed');
    const member = old === undefined ? read : { ...read, size: old.size, sparse: old.map };
    const isWanted = this.#handler.entry(member) && member.kind === 'file';
    const sink = member.kind === 'file' ? this.#handler.sink?.(member) : undefined;
    const isCollected = isWanted || (sink !== undefined && member.sparse !== undefined);
    this.#step = {
      kind: 'content',
      member,
      ...(isCollected && { collected: { isWanted, bytes: Buffer.allocUnsafeSlow(member.packedSize) } }),
      ...(sink && { sink }),
      length: padded(member.packedSize),
    };
    this.#settle();
  }

  #takeData(step: Step & { kind: 'preface' | 'content' }, chunk: Buffer, offset: number): number {
    const length = Math.min(step.length - this.#taken, chunk.length - offset);
    const target = step.kind === 'preface' ? step.bytes : step.collected?.bytes;
    if (step.kind === 'content') this.#pour(step, chunk.subarray(offset, offset + length));
    if (target !== undefined && this.#taken < target.length) {
      chunk.copy(target, this.#taken, offset, offset + Math.min(length, target.length - this.#taken));
    }
    this.#taken += length;
    this.#settle();
    return length;
  }

  /** Ends the step when all its bytes are there. */
  #settle(): void {
    const step = this.#step;
    if ((step.kind !== 'preface' && step.kind !== 'content') || this.#taken < step.length) return;
    this.#step = { kind: 'header' };
    this.#taken = 0;
    if (step.kind === 'content') return this.#deliver(step);
    const extended = extend(this.#preface, step.flag, step.bytes);
    if (extended === undefined) return this.#damaged('an extended header is malformed');
    this.#preface = extended;
  }

  /** Hands on what has just arrived; padding is none of it. */
  #pour({ member, sink }: Step & { kind: 'content' }, bytes: Buffer): void {
    if (sink === undefined || member.sparse !== undefined) return;
    const rest = member.packedSize - this.#taken;
    if (rest > 0) sink.write(rest < bytes.length ? bytes.subarray(0, rest) : bytes);
  }

  #deliver({ member, collected, sink }: Step & { kind: 'content' }): void {
    if (collected !== undefined) {
      const { bytes, isWanted } = collected;
      const whole = member.sparse === undefined ? bytes : expand(member.sparse, bytes, member.size);
      if (whole === undefined) return this.#damaged('a sparse map does not fit its file');
      if (isWanted) this.#handler.content(member, whole);
      if (member.sparse !== undefined) sink?.write(whole);
    }
    sink?.end();
  }

  #damaged(detail: string): void {
    this.#step = { kind: 'done', end: { kind: 'corrupt', detail } };
  }
}

function padded(size: number): number {
  return Math.ceil(size / blockSize) * blockSize;
}
