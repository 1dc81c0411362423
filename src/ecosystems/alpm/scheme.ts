import type { VersionScheme } from '../scheme.ts';

/** Order of pacman's versions: `[epoch:]version[-release]` (vercmp(8)). */
export const alpm: VersionScheme = {
  id: 'alpm',
  version: 1,
  summary: 'pacman package versions, as vercmp orders them',
  compare(left, right) {
    const a = form.exec(left)?.groups;
    const b = form.exec(right)?.groups;
    if (a === undefined || b === undefined) return undefined;
    const [one, other] = [a['release'], b['release']];
    return (
      Number(a['epoch'] ?? 0) - Number(b['epoch'] ?? 0) ||
      compareParts(a['version'] ?? '', b['version'] ?? '') ||
      // A version without release stands for all of its releases.
      (one === undefined || other === undefined ? 0 : compareParts(one, other))
    );
  },
};

const form = /^(?:(?<epoch>\d{1,9}):)?(?<version>[A-Za-z0-9._+~]{1,256})(?:-(?<release>[A-Za-z0-9._+~]{1,64}))?$/;

const separators = /[^A-Za-z0-9]*/y;
const run = /\d+|[A-Za-z]+/y;

/** Letters in the place where the other one has digits or ends are older: `1.0rc1` < `1.0` < `1.0.1`. */
function compareParts(left: string, right: string): number {
  let [a, b] = [0, 0];
  while (a < left.length && b < right.length) {
    const [gap, otherGap] = [lengthAt(separators, left, a), lengthAt(separators, right, b)];
    [a, b] = [a + gap, b + otherGap];
    if (a >= left.length || b >= right.length) break;
    if (gap !== otherGap) return gap - otherGap;
    const one = left.slice(a, a + lengthAt(run, left, a));
    const other = right.slice(b, b + lengthAt(run, right, b));
    const isNumber = /^\d/.test(one);
    if (isNumber !== /^\d/.test(other)) return isNumber ? 1 : -1;
    const order = isNumber ? compareNumbers(one, other) : compareTexts(one, other);
    if (order !== 0) return order;
    [a, b] = [a + one.length, b + other.length];
  }
  return compareRests(left.slice(a), right.slice(b));
}

function lengthAt(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0].length ?? 0;
}

/** One of them has ended. */
function compareRests(left: string, right: string): number {
  if (left === right) return 0;
  const isOlder = left === '' ? !/^[A-Za-z]/.test(right) : /^[A-Za-z]/.test(left);
  return isOlder ? -1 : 1;
}

function compareNumbers(left: string, right: string): number {
  const [a, b] = [left.replace(/^0+/, ''), right.replace(/^0+/, '')];
  return a.length - b.length || compareTexts(a, b);
}

function compareTexts(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
