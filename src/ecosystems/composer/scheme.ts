import type { VersionScheme } from '../scheme.ts';

/**
 * Versions of Composer (https://getcomposer.org/doc/articles/versions.md): up to four numbers or a date, then a stability.
 * Branches, such as `dev-main` and `1.x-dev`, are no versions: nothing tells which commit is installed.
 */
export const composer: VersionScheme = {
  id: 'composer',
  version: 1,
  summary: 'Composer versions, as Composer orders them',
  compare(left, right) {
    const [a, b] = [parse(left), parse(right)];
    return a === undefined || b === undefined ? undefined : compareParts(a, b);
  },
};

/** A number, or the rank of a word. */
type Part = bigint | Rank;
type Rank = 0 | 1 | 2 | 3 | 5;

/** Where a number stands among the words. */
const rankOfNumber = 4;
const ranks: Readonly<Record<string, Rank>> = { alpha: 1, a: 1, beta: 2, b: 2, rc: 3, patch: 5, pl: 5, p: 5 };

const stability = String.raw`[._-]?(?:(stable|beta|b|rc|alpha|a|patch|pl|p)([.-]?\d+(?:[.-]\d+)*)?)?([.-]?dev)?`;
const numbered = new RegExp(String.raw`^v?(\d{1,5}(?:\.\d+){0,3})${stability}$`, 'i');
const dated = new RegExp(String.raw`^v?(\d{4}(?:[.:-]?\d{2}){1,6}(?:[.:-]?\d{1,3}){0,2})${stability}$`, 'i');
const longest = 256;

function parse(text: string): readonly Part[] | undefined {
  const version = text
    .trim()
    .replace(/@(?:stable|rc|beta|alpha|dev)$/i, '')
    .replace(/^([^,\s+]+)\+\S+$/, '$1');
  if (version.length > longest) return undefined;
  const classic = numbered.exec(version);
  const found = classic ?? dated.exec(version);
  if (found === null) return undefined;
  const [, numbers = '', word = '', more = '', dev] = found;
  const parts: Part[] = numbersIn(numbers);
  while (classic !== null && parts.length < 4) parts.push(0n);
  const rank = ranks[word.toLowerCase()];
  if (word === 'stable') return parts;
  return [
    ...parts,
    ...(rank === undefined ? [] : [rank, ...numbersIn(more)]),
    ...(dev === undefined ? [] : [0 as const]),
  ];
}

function numbersIn(text: string): bigint[] {
  return (text.match(/\d+/g) ?? []).map(BigInt);
}

/** As PHP's `version_compare`: where one ends, a number of the other is newer, and a word stands against a number. */
function compareParts(left: readonly Part[], right: readonly Part[]): number {
  for (let at = 0; at < Math.max(left.length, right.length); at++) {
    const [a, b] = [left[at], right[at]];
    if (a === undefined || b === undefined) return a === undefined ? -orderAfterEnd(b) : orderAfterEnd(a);
    const isNumbers = typeof a === 'bigint' && typeof b === 'bigint';
    const order = isNumbers ? (a < b ? -1 : a > b ? 1 : 0) : rankOf(a) - rankOf(b);
    if (order !== 0) return order;
  }
  return 0;
}

function rankOf(part: Part): number {
  return typeof part === 'bigint' ? rankOfNumber : part;
}

function orderAfterEnd(part: Part | undefined): number {
  return part === undefined ? 0 : typeof part === 'bigint' ? 1 : part - rankOfNumber;
}
