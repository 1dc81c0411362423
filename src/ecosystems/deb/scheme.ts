import type { VersionScheme } from '../scheme.ts';

/** Order of Debian package versions: `[epoch:]upstream[-revision]` (Debian Policy 5.6.12, deb-version(7)). */
export const deb: VersionScheme = {
  id: 'deb',
  version: 1,
  summary: 'Debian and Ubuntu package versions, as dpkg orders them',
  compare(left, right) {
    const a = parse(left);
    const b = parse(right);
    if (a === undefined || b === undefined) return undefined;
    return a.epoch - b.epoch || compareParts(a.upstream, b.upstream) || compareParts(a.revision, b.revision);
  },
};

interface DebVersion {
  readonly epoch: number;
  readonly upstream: string;
  readonly revision: string;
}

/** A colon may stand in the upstream version only where an epoch comes first. */
const form =
  /^(?:(?<epoch>\d{1,9}):(?<after>[A-Za-z0-9.+:~_][A-Za-z0-9.+:~_-]*)|(?<whole>[A-Za-z0-9.+~_][A-Za-z0-9.+~_-]*))$/;

function parse(text: string): DebVersion | undefined {
  const parts = form.exec(text)?.groups;
  if (parts === undefined) return undefined;
  const rest = parts['after'] ?? parts['whole'] ?? '';
  const hyphen = rest.lastIndexOf('-');
  const upstream = hyphen < 0 ? rest : rest.slice(0, hyphen);
  const revision = hyphen < 0 ? '' : rest.slice(hyphen + 1);
  if (upstream === '' || (hyphen >= 0 && revision === '')) return undefined;
  return { epoch: Number(parts['epoch'] ?? 0), upstream, revision };
}

/** Text and digit runs in turn; an absent revision equals `0`. */
function compareParts(left: string, right: string): number {
  let i = 0;
  let j = 0;
  while (i < left.length || j < right.length) {
    while (isText(left, i) || isText(right, j)) {
      const difference = weight(left, i) - weight(right, j);
      if (difference !== 0) return difference;
      i++;
      j++;
    }
    const [a, nextI] = digitsFrom(left, i);
    const [b, nextJ] = digitsFrom(right, j);
    const difference = a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);
    if (difference !== 0) return difference;
    i = nextI;
    j = nextJ;
  }
  return 0;
}

function isText(text: string, at: number): boolean {
  return at < text.length && !isDigit(text.charCodeAt(at));
}

/** `~` before the end, the end before letters, letters before everything else. */
function weight(text: string, at: number): number {
  if (at >= text.length) return 0;
  const code = text.charCodeAt(at);
  if (isDigit(code)) return 0;
  if (code === 0x7e) return -1;
  return (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a) ? code : code + 256;
}

function digitsFrom(text: string, start: number): readonly [digits: string, next: number] {
  let from = start;
  while (text.charCodeAt(from) === 0x30) from++;
  let end = from;
  while (end < text.length && isDigit(text.charCodeAt(end))) end++;
  return [text.slice(from, end), end];
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}
