import type { VersionScheme } from '../scheme.ts';

/** Order of rpm package versions: `[epoch:]version[-release]` (rpm's `rpmvercmp`, rpm-version(7)). */
export const rpm: VersionScheme = {
  id: 'rpm',
  version: 1,
  summary: 'rpm package versions, as rpm orders them',
  compare(left, right) {
    const a = form.exec(left)?.groups;
    const b = form.exec(right)?.groups;
    if (a === undefined || b === undefined) return undefined;
    return (
      Number(a['epoch'] ?? 0) - Number(b['epoch'] ?? 0) ||
      compareSegments(a['version'] ?? '', b['version'] ?? '') ||
      compareReleases(a['release'], b['release'])
    );
  },
};

const form = /^(?:(?<epoch>\d{1,9}):)?(?<version>[A-Za-z0-9._+~^]+)(?:-(?<release>[A-Za-z0-9._+~^]+))?$/;

/** A version without release is older than the same one with a release. */
function compareReleases(left: string | undefined, right: string | undefined): number {
  if (left === undefined || right === undefined) return Number(left !== undefined) - Number(right !== undefined);
  return compareSegments(left, right);
}

const segments = /[0-9]+|[A-Za-z]+|[~^]/g;

/** Runs of digits, runs of letters, `~` and `^`; everything else only separates. */
function compareSegments(left: string, right: string): number {
  if (left === right) return 0;
  const a = left.match(segments) ?? [];
  const b = right.match(segments) ?? [];
  for (let i = 0; ; i++) {
    const one = a[i];
    const other = b[i];
    if (one === undefined && other === undefined) return 0;
    const difference = compareSegment(one, other);
    if (difference !== 0) return difference;
  }
}

/** `~` sorts before the end, `^` after it, and before anything longer; digits after letters. */
function compareSegment(left: string | undefined, right: string | undefined): number {
  const difference = rank(left) - rank(right);
  if (difference !== 0 || left === undefined || right === undefined) return difference;
  if (!isDigits(left)) return left < right ? -1 : left > right ? 1 : 0;
  const a = left.replace(/^0+/, '');
  const b = right.replace(/^0+/, '');
  return a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);
}

function rank(segment: string | undefined): number {
  if (segment === '~') return 0;
  if (segment === undefined) return 1;
  if (segment === '^') return 2;
  return isDigits(segment) ? 4 : 3;
}

function isDigits(segment: string): boolean {
  const code = segment.charCodeAt(0);
  return code >= 0x30 && code <= 0x39;
}
