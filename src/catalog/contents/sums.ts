import type { FileSum } from '#ecosystems/index.ts';
import type { PathResolver } from '../canonical-path.ts';

/**
 * Hashes that packages keep of their files, by canonical path; where several packages have a file, any of theirs is right.
 * Files of settings are none of these.
 */
export type PackageSums = ReadonlyMap<string, KeptDigests>;

/** One, as of most files, or several: a set of each would cost more than all the rest. */
type KeptDigests = string | ReadonlySet<string>;

export function isKept(kept: KeptDigests, digest: string): boolean {
  return typeof kept === 'string' ? kept === digest : kept.has(digest);
}

/** In the order in which they were read. */
export function digestsOf(kept: KeptDigests | undefined): readonly string[] {
  if (kept === undefined) return [];
  return typeof kept === 'string' ? [kept] : [...kept];
}

/** Hexadecimal digits of a SHA-1. */
export const sha1Digits = 40;

/** What package databases keep. */
export interface KeptSums {
  /** Lists of dpkg by their paths, MD5 each. */
  readonly lists: ReadonlyMap<string, string>;
  /** Of databases that keep hashes beside packages: rpm, apk. */
  readonly databases: readonly (readonly FileSum[])[];
}

const diversions = 'var/lib/dpkg/diversions';

/** A file that another package or an administrator diverted is left out, and so is a link: its hash is of its target's name. */
export function sumsOf({ lists, databases }: KeptSums, resolver: PathResolver): PackageSums {
  const sums = new Map<string, string | Set<string>>();
  const add = (path: string, digest: string): void => {
    const canonical = resolver.canonical(path);
    if (canonical === undefined || canonical === '') return;
    const known = sums.get(canonical);
    if (known === undefined) sums.set(canonical, digest);
    else if (typeof known === 'object') known.add(digest);
    else if (known !== digest) sums.set(canonical, new Set([known, digest]));
  };
  for (const [list, text] of lists) {
    if (list === diversions) continue;
    for (const [, md5 = '', path = ''] of text.matchAll(/^([0-9a-f]{32}) [ *]\.?\/?(.+)$/gm)) add(path, md5);
  }
  for (const path of divertedOf(lists.get(diversions) ?? '')) sums.delete(resolver.canonical(path) ?? path);
  for (const [path, digest] of databases.flat()) {
    const canonical = resolver.canonical(path);
    if (canonical !== undefined && resolver.real(canonical) === canonical) add(path, digest);
  }
  return sums;
}

/** Three lines each: where a file was to lie, where it lies, and who diverted it (dpkg-divert(1)). */
function divertedOf(text: string): readonly string[] {
  return text
    .split('\n')
    .filter((line, at) => at % 3 === 0 && line.startsWith('/'))
    .map((path) => path.slice(1));
}
