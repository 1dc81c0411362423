import { blockSize, readNumber } from './header.ts';

/** A stretch of a sparse file that is not a hole. */
export interface Stretch {
  readonly offset: number;
  readonly length: number;
}

/** How the content of a sparse file is packed (GNU tar manual, "Sparse Formats"). */
export type SparseMap =
  | { readonly kind: 'listed'; readonly stretches: readonly Stretch[] }
  /** Format 1.0: the list stands in front of the content. */
  | { readonly kind: 'in-content' };

/** Longest list that is believed; the real ones have a few hundred. */
const mostStretches = 1_000_000;

/** Stretches of an old GNU header (`start` 386, room for 4) or of an extension block (`start` 0, room for 21). */
export function headerStretches(bytes: Buffer, start: number, room: number): readonly Stretch[] | undefined {
  const stretches: Stretch[] = [];
  for (let index = 0; index < room; index += 1) {
    const at = start + index * 24;
    if (bytes[at] === 0) break;
    const offset = readNumber(bytes, at, 12);
    const length = readNumber(bytes, at + 12, 12);
    if (offset === undefined || length === undefined) return undefined;
    stretches.push({ offset, length });
  }
  return stretches;
}

/** `offset,length,offset,length` of PAX formats 0.0 and 0.1. */
export function textStretches(text: string): readonly Stretch[] | undefined {
  return pair(text.split(','));
}

/** Lays packed content out, holes as zeros. `undefined` when map and content do not fit. */
export function expand(map: SparseMap, packed: Buffer, size: number): Buffer | undefined {
  const source = map.kind === 'listed' ? { stretches: map.stretches, start: 0 } : contentStretches(packed);
  if (source === undefined) return undefined;
  const whole = Buffer.alloc(size);
  let from = source.start;
  let reached = 0;
  for (const { offset, length } of source.stretches) {
    if (offset < reached || offset + length > size || from + length > packed.length) return undefined;
    packed.copy(whole, offset, from, from + length);
    from += length;
    reached = offset + length;
  }
  return whole;
}

/** The list of format 1.0: a count, then pairs, each number on its line, padded to a whole block. */
function contentStretches(
  packed: Buffer,
): { readonly stretches: readonly Stretch[]; readonly start: number } | undefined {
  const numbers: string[] = [];
  let offset = 0;
  let wanted = 1;
  while (numbers.length < wanted) {
    const end = packed.indexOf(0x0a, offset);
    if (end === -1 || end - offset > 20) return undefined;
    numbers.push(packed.toString('latin1', offset, end));
    offset = end + 1;
    if (numbers.length === 1) wanted = 1 + 2 * Number(numbers[0]);
    if (!(wanted <= 1 + 2 * mostStretches)) return undefined;
  }
  const stretches = pair(numbers.slice(1));
  return stretches && { stretches, start: Math.ceil(offset / blockSize) * blockSize };
}

function pair(numbers: readonly string[]): readonly Stretch[] | undefined {
  if (numbers.length % 2 !== 0 || numbers.some((text) => !/^[0-9]{1,15}$/.test(text))) return undefined;
  return Array.from({ length: numbers.length / 2 }, (_, index) => ({
    offset: Number(numbers[2 * index]),
    length: Number(numbers[2 * index + 1]),
  }));
}
