import { carriesContent, type RawHeader } from './header.ts';
import { parsePax, type PaxRecords } from './pax.ts';
import { type SparseMap, textStretches } from './sparse.ts';

export type MemberKind = 'file' | 'directory' | 'symlink' | 'hard-link' | 'other';

/** One entry of a tar with everything applied that stood before it: PAX records and GNU long names. */
export interface Member {
  readonly kind: MemberKind;
  /** As written; see `normalPath`. */
  readonly path: string;
  readonly target: string;
  readonly mode: number;
  /** Bytes of the file; for a sparse file with its holes. */
  readonly size: number;
  /** Bytes that follow in the archive, without padding. */
  readonly packedSize: number;
  readonly sparse?: SparseMap;
  /** Extended attribute `security.capability`. */
  readonly capabilities?: Uint8Array;
}

/** What stands before an entry and belongs to it. */
export interface Preface {
  readonly pax?: PaxRecords;
  readonly longPath?: string;
  readonly longTarget?: string;
}

/** Flags of entries that say something of the next one. Global PAX headers are read over, as Go does. */
export function isPreface(flag: string): boolean {
  return flag === 'x' || flag === 'g' || flag === 'L' || flag === 'K';
}

/** Adds one such entry; `undefined` when it is malformed. */
export function extend(preface: Preface, flag: string, content: Buffer): Preface | undefined {
  if (flag === 'g') return preface;
  if (flag === 'L') return { ...preface, longPath: untilNul(content) };
  if (flag === 'K') return { ...preface, longTarget: untilNul(content) };
  const pax = parsePax(content);
  return pax && { ...preface, pax };
}

/** Brings header and preface together; `undefined` when a number in them is none. */
export function memberOf(header: RawHeader, preface: Preface): Member | undefined {
  const pax = preface.pax;
  const packedSize = carriesContent(header.flag) ? numberOf(pax?.get('size'), header.size) : 0;
  const size = numberOf(pax?.get('GNU.sparse.realsize') ?? pax?.get('GNU.sparse.size'), packedSize);
  const sparse = sparseOf(pax);
  if (packedSize === undefined || size === undefined || sparse === 'bad') return undefined;
  const capabilities = pax?.get('SCHILY.xattr.security.capability');
  const path = preface.longPath ?? pax?.get('GNU.sparse.name') ?? pax?.get('path') ?? header.path;
  return {
    kind: header.flag === '\0' && path.endsWith('/') ? 'directory' : kindOf(header.flag),
    path,
    target: preface.longTarget ?? pax?.get('linkpath') ?? header.target,
    mode: header.mode,
    size,
    packedSize,
    ...(sparse && { sparse }),
    ...(capabilities !== undefined && { capabilities: Buffer.from(capabilities, 'latin1') }),
  };
}

function kindOf(flag: string): MemberKind {
  switch (flag) {
    case '0':
    case '7':
    case '\0':
    case 'S':
      return 'file';
    case '1':
      return 'hard-link';
    case '2':
      return 'symlink';
    case '5':
    case 'D':
      return 'directory';
    default:
      return 'other';
  }
}

function sparseOf(pax: PaxRecords | undefined): SparseMap | undefined | 'bad' {
  if (pax?.get('GNU.sparse.major') === '1') return { kind: 'in-content' };
  const text = pax?.get('GNU.sparse.map');
  if (text === undefined) return undefined;
  const stretches = textStretches(text);
  return stretches === undefined ? 'bad' : { kind: 'listed', stretches };
}

function numberOf(text: string | undefined, otherwise: number | undefined): number | undefined {
  if (text === undefined) return otherwise;
  return /^[0-9]{1,15}$/.test(text) ? Number(text) : undefined;
}

function untilNul(content: Buffer): string {
  const zero = content.indexOf(0);
  return content.toString('utf8', 0, zero === -1 ? content.length : zero);
}
