import { crc32, zstdCompressSync, zstdDecompressSync } from 'node:zlib';

/**
 * A fact on the disk: length of what follows the head, its CRC-32, then its form, the length of its key, the key, and
 * the fact as JSON. All numbers are little-endian.
 */
const headBytes = 8;
const fieldBytes = 3;
/** Longer JSON is kept compressed. */
const compressAbove = 4096;
/** Room for one fact when it is unpacked. */
const longestFact = 512 * 1024 * 1024;

const forms = { void: 0, plain: 1, packed: 2 } as const;

/** One record as it was read. */
export interface StoredRecord {
  /** A newer fact with the same key makes this one void; empty: none does. */
  readonly key: string;
  /** Bytes on the disk. */
  readonly size: number;
  /** JSON of the fact; nothing when it was already void when it was written. */
  readonly json: () => string | undefined;
}

/** `text` is the fact as JSON. */
export function encodeFact(text: string, key: string): Buffer {
  const json = Buffer.from(text);
  const pack = json.length > compressAbove;
  return encode(pack ? forms.packed : forms.plain, key, pack ? zstdCompressSync(json) : json);
}

/** Keeps the place of a fact that a newer one made void. */
export const voidRecord: Buffer = encode(forms.void, '', Buffer.alloc(0));

function encode(form: number, key: string, content: Buffer): Buffer {
  const name = Buffer.from(key);
  const record = Buffer.alloc(headBytes + fieldBytes + name.length + content.length);
  record.writeUInt8(form, headBytes);
  record.writeUInt16LE(name.length, headBytes + 1);
  name.copy(record, headBytes + fieldBytes);
  content.copy(record, headBytes + fieldBytes + name.length);
  const body = record.subarray(headBytes);
  record.writeUInt32LE(body.length, 0);
  record.writeUInt32LE(crc32(body), 4);
  return record;
}

/** Bytes that the record at this place takes, when its head is there. */
export function sizeAt(bytes: Buffer, offset: number): number | undefined {
  return bytes.length - offset < headBytes ? undefined : headBytes + bytes.readUInt32LE(offset);
}

/** The record at this place; nothing when it is cut off or damaged. */
export function decodeRecord(bytes: Buffer, offset: number): StoredRecord | undefined {
  const size = sizeAt(bytes, offset);
  if (size === undefined || size < headBytes + fieldBytes || bytes.length - offset < size) return undefined;
  const body = bytes.subarray(offset + headBytes, offset + size);
  if (crc32(body) !== bytes.readUInt32LE(offset + 4)) return undefined;
  const nameEnd = fieldBytes + body.readUInt16LE(1);
  const content = body.subarray(nameEnd);
  return {
    key: body.toString('utf8', fieldBytes, nameEnd),
    size,
    json: () => textOf(body.readUInt8(0), content),
  };
}

function textOf(form: number, content: Buffer): string | undefined {
  switch (form) {
    case forms.plain:
      return content.toString('utf8');
    case forms.packed:
      return zstdDecompressSync(content, { maxOutputLength: longestFact }).toString('utf8');
    default:
      return undefined;
  }
}
