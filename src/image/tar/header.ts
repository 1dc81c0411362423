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
  const sums = checksums(bytes, offset);
  if (sums.unsigned === emptySum && bytes[offset] === 0 && isEmpty(bytes, offset)) return { kind: 'empty' };
  const stated = readNumber(bytes, offset + 148, 8);
  if (stated !== sums.unsigned && stated !== sums.signed) return { kind: 'bad' };
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
  const text = bytes
    .toString('latin1', offset, offset + length)
    .replace(/^[ \0]+/, '')
    .replace(/[ \0].*$/s, '');
  if (text === '') return 0;
  return /^[0-7]+$/.test(text) ? Number.parseInt(text, 8) : undefined;
}

/** Text up to the first NUL. */
function readText(bytes: Buffer, offset: number, length: number): string {
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

/** Both sums that writers use: of unsigned bytes (POSIX) and of signed ones (old Sun tar). */
function checksums(bytes: Buffer, offset: number): { readonly unsigned: number; readonly signed: number } {
  let unsigned = emptySum;
  let high = 0;
  for (let index = 0; index < blockSize; index += 1) {
    if (index === 148) index = 156;
    const byte = bytes[offset + index] ?? 0;
    unsigned += byte;
    high += byte >> 7;
  }
  return { unsigned, signed: unsigned - 256 * high };
}

function isEmpty(bytes: Buffer, offset: number): boolean {
  for (let index = 0; index < blockSize; index += 1) if (bytes[offset + index] !== 0) return false;
  return true;
}

function isPosix(bytes: Buffer, offset: number): boolean {
  return bytes.toString('latin1', offset + 257, offset + 263) === 'ustar\0';
}
