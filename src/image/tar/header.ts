/** Size of everything in a tar: headers are one block, content is padded to whole blocks. */
export const blockSize = 512;

/** One header block as it stands, before PAX records and long names are applied. */
export interface RawHeader {
  readonly path: string;
  /** Type flag, POSIX ustar and GNU extensions. */
  readonly flag: string;
  /** Bytes of content that follow. */
  readonly size: number;
  readonly mode: number;
  readonly target: string;
}

export type HeaderBlock =
  | { readonly kind: 'header'; readonly header: RawHeader }
  | { readonly kind: 'empty' }
  | { readonly kind: 'bad' };

/** Types that carry no content, whatever size their header names (as Go's archive/tar reads them, which engines use). */
const withoutContent = new Set(['1', '2', '3', '4', '5', '6']);

export function carriesContent(flag: string): boolean {
  return !withoutContent.has(flag);
}

/**
 * Reads the header block at `offset` (POSIX.1-1988 ustar; GNU tar manual, "Basic Tar Format"). `empty` is a block of
 * zeros, two of which end an archive; `bad` is a wrong checksum or a number that is none.
 */
export function readHeader(bytes: Buffer, offset: number): HeaderBlock {
  const sum = checksum(bytes, offset);
  if (sum === emptySum && bytes[offset] === 0 && isEmpty(bytes, offset)) return { kind: 'empty' };
  const stated = readNumber(bytes, offset + 148, 8);
  if (stated !== sum && stated !== signedChecksum(bytes, offset)) return { kind: 'bad' };
  const size = readNumber(bytes, offset + 124, 12);
  const mode = readNumber(bytes, offset + 100, 8);
  if (size === undefined || mode === undefined) return { kind: 'bad' };
  const name = readText(bytes, offset, 100);
  const prefix = isPosix(bytes, offset) ? readText(bytes, offset + 345, 155) : '';
  const path = prefix === '' ? name : `${prefix}/${name}`;
  const flag = String.fromCharCode(bytes[offset + 156] ?? 0);
  return {
    kind: 'header',
    header: {
      path,
      flag,
      size: carriesContent(flag) ? size : 0,
      mode: mode & 0o7777,
      target: readText(bytes, offset + 157, 100),
    },
  };
}

/** Octal text, or GNU's base-256 for numbers that do not fit; `undefined` when it is neither, negative or not exact. */
export function readNumber(bytes: Buffer, offset: number, length: number): number | undefined {
  const first = bytes[offset] ?? 0;
  if ((first & 0x80) !== 0) return readBase256(bytes, offset, length);
  const end = offset + length;
  let at = offset;
  while (at < end && isFiller(bytes[at])) at += 1;
  let value = 0;
  for (; at < end && !isFiller(bytes[at]); at += 1) {
    const digit = (bytes[at] ?? 0) - 0x30;
    if (digit < 0 || digit > 7) return undefined;
    value = value * 8 + digit;
  }
  return value;
}

/** What stands around the digits of a number: spaces and zeros, and what lies behind the end. */
function isFiller(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0 || byte === undefined;
}

/** Text up to the first NUL. */
function readText(bytes: Buffer, offset: number, length: number): string {
  if (bytes[offset] === 0) return '';
  const zero = bytes.indexOf(0, offset);
  const end = zero === -1 || zero > offset + length ? offset + length : zero;
  return bytes.toString('utf8', offset, end);
}

function readBase256(bytes: Buffer, offset: number, length: number): number | undefined {
  if (bytes[offset] !== 0x80) return undefined;
  let value = 0;
  for (let index = 1; index < length; index += 1) {
    value = value * 256 + (bytes[offset + index] ?? 0);
    if (value > Number.MAX_SAFE_INTEGER) return undefined;
  }
  return value;
}

/** A block of zeros sums up to the eight spaces that stand for the checksum field. */
const emptySum = 8 * 32;

/** The sum of the block's unsigned bytes (POSIX); the checksum field counts as spaces. */
function checksum(bytes: Buffer, offset: number): number {
  let sum = emptySum;
  for (let index = offset; index < offset + 148; index += 1) sum += bytes[index] ?? 0;
  for (let index = offset + 156; index < offset + blockSize; index += 1) sum += bytes[index] ?? 0;
  return sum;
}

/** The sum of signed bytes, which old Sun tar writes. */
function signedChecksum(bytes: Buffer, offset: number): number {
  let sum = emptySum;
  for (let index = 0; index < blockSize; index += 1)
    if (index < 148 || index >= 156) sum += bytes.readInt8(offset + index);
  return sum;
}

function isEmpty(bytes: Buffer, offset: number): boolean {
  for (let index = 0; index < blockSize; index += 1) if (bytes[offset + index] !== 0) return false;
  return true;
}

/** `ustar`, and the zero behind it. */
const posixMagic = 0x75737461;
const posixMagicEnd = 0x7200;

function isPosix(bytes: Buffer, offset: number): boolean {
  return bytes.readUInt32BE(offset + 257) === posixMagic && bytes.readUInt16BE(offset + 261) === posixMagicEnd;
}
