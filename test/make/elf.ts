/** A named part of a program that a test makes. */
export interface ElfPart {
  readonly name: string;
  readonly content: Uint8Array;
  /** Whether the program writes to it when it runs; then it is a segment of its own. */
  readonly isWritable?: boolean;
}

export interface ElfOptions {
  /** Bytes of nothing between the header and the first part. */
  readonly gap?: number;
  /** Whether the table of sections is left out. */
  readonly isStripped?: boolean;
  /** Whether it names a dynamic loader. */
  readonly isDynamic?: boolean;
}

/** Address at which the first byte of a made program is loaded. */
export const elfBase = 0x400000;

const [headerSize, segmentSize, sectionSize, alignment] = [64, 56, 64, 16];

/** A 64-bit little-endian program (ELF) with these parts, each behind the other, then its table of sections. */
export function makeElf(parts: readonly ElfPart[], options: ElfOptions = {}): Buffer {
  const named = options.isDynamic ? [{ name: '.interp', content: Buffer.from('/lib/ld.so\0') }, ...parts] : parts;
  const all: readonly ElfPart[] = [...named, { name: '.shstrtab', content: namesOf(named) }];
  const segments = 1 + all.filter(isSegment).length;
  let end = aligned(headerSize + segments * segmentSize + (options.gap ?? 0));
  const placed = all.map((part) => {
    const offset = end;
    end = aligned(offset + part.content.length);
    return { ...part, offset };
  });
  const bytes = Buffer.alloc(end + (options.isStripped ? 0 : (1 + placed.length) * sectionSize));
  for (const { offset, content } of placed) bytes.set(content, offset);
  writeSegment(bytes, headerSize, { type: 1, flags: 5, offset: 0, size: end });
  for (const [at, part] of placed.filter(isSegment).entries()) {
    const kind = part.name === '.interp' ? { type: 3, flags: 4 } : { type: 1, flags: 6 };
    const place = headerSize + (at + 1) * segmentSize;
    writeSegment(bytes, place, { ...kind, offset: part.offset, size: part.content.length });
  }
  const table = options.isStripped ? 0 : end;
  if (table > 0)
    for (const [at, part] of placed.entries()) writeSection(bytes, table + (at + 1) * sectionSize, { ...part, all });
  writeHeader(bytes, { segments, table, sections: table > 0 ? placed.length + 1 : 0 });
  return bytes;
}

function isSegment({ name, isWritable }: ElfPart): boolean {
  return isWritable === true || name === '.interp';
}

function namesOf(parts: readonly ElfPart[]): Buffer {
  return Buffer.from(`\0${[...parts.map(({ name }) => name), '.shstrtab'].map((name) => `${name}\0`).join('')}`);
}

function writeHeader(bytes: Buffer, counts: { segments: number; table: number; sections: number }): void {
  bytes.write('\x7fELF\x02\x01\x01', 0, 'latin1');
  bytes.writeUInt16LE(2, 16);
  bytes.writeUInt16LE(62, 18);
  bytes.writeBigUInt64LE(BigInt(headerSize), 32);
  bytes.writeBigUInt64LE(BigInt(counts.table), 40);
  bytes.writeUInt16LE(segmentSize, 54);
  bytes.writeUInt16LE(counts.segments, 56);
  bytes.writeUInt16LE(sectionSize, 58);
  bytes.writeUInt16LE(counts.sections, 60);
  bytes.writeUInt16LE(Math.max(0, counts.sections - 1), 62);
}

function writeSegment(bytes: Buffer, at: number, one: { type: number; flags: number; offset: number; size: number }) {
  bytes.writeUInt32LE(one.type, at);
  bytes.writeUInt32LE(one.flags, at + 4);
  bytes.writeBigUInt64LE(BigInt(one.offset), at + 8);
  bytes.writeBigUInt64LE(BigInt(elfBase + one.offset), at + 16);
  bytes.writeBigUInt64LE(BigInt(one.size), at + 32);
}

function writeSection(
  bytes: Buffer,
  at: number,
  { name, content, offset, all }: ElfPart & { readonly offset: number; readonly all: readonly ElfPart[] },
): void {
  bytes.writeUInt32LE(namesOf(all.slice(0, -1)).indexOf(`\0${name}\0`) + 1, at);
  bytes.writeBigUInt64LE(BigInt(offset), at + 24);
  bytes.writeBigUInt64LE(BigInt(content.length), at + 32);
}

function aligned(offset: number): number {
  return Math.ceil(offset / alignment) * alignment;
}
