import type { VersionScheme } from '../scheme.ts';

/**
 * Versions of RubyGems (https://docs.ruby-lang.org/en/master/Gem/Version.html): numbers and words, a word being older than
 * any number, so that what holds a letter is a pre-release. A hyphen stands for `.pre.`.
 */
export const gem: VersionScheme = {
  id: 'gem',
  version: 1,
  summary: 'RubyGems versions, as RubyGems orders them',
  compare(left, right) {
    const [a, b] = [parse(left), parse(right)];
    return a === undefined || b === undefined ? undefined : compareSegments(a, b);
  },
};

type Segment = bigint | string;

const form = /^\d+(?:\.[0-9a-zA-Z]+)*(?:-[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?$/;
const longest = 512;

function parse(text: string): readonly Segment[] | undefined {
  const version = text.trim();
  if (version.length > longest || !form.test(version)) return undefined;
  const segments = canonical(version.replaceAll('-', '.pre.')).match(/\d+|[A-Za-z]+/g) ?? [];
  return segments.map((segment) => (/^\d/.test(segment) ? BigInt(segment) : segment));
}

/** Zeros at the end count nothing, and neither do the first ones in front of a word: `1.0.a` is `1.a`. */
function canonical(version: string): string {
  const short = version.replace(/(?<=[A-Za-z.])[.0]+$/, '');
  return /[A-Za-z]/.test(version) ? short.replace(/(?<=\.|^)[0.]+(?=[A-Za-z])/, '') : short;
}

function compareSegments(left: readonly Segment[], right: readonly Segment[]): number {
  for (let at = 0; at < Math.max(left.length, right.length); at++) {
    const order = compareSegment(left[at] ?? 0n, right[at] ?? 0n);
    if (order !== 0) return order;
  }
  return 0;
}

function compareSegment(left: Segment, right: Segment): number {
  if (typeof left !== typeof right) return typeof left === 'string' ? -1 : 1;
  return left === right ? 0 : left < right ? -1 : 1;
}
