import type { PathResolver } from '../canonical-path.ts';

/** MD5 as dpkg keeps it of the files of its packages, by canonical path. Files of its settings are none of these. */
export type PackageSums = ReadonlyMap<string, string>;

const diversions = 'var/lib/dpkg/diversions';

/** Reads dpkg's lists, by their paths. A file that another package or an administrator diverted is left out. */
export function sumsOf(lists: ReadonlyMap<string, string>, resolver: PathResolver): PackageSums {
  const sums = new Map<string, string>();
  for (const [list, text] of lists) {
    if (list === diversions) continue;
    for (const [, md5 = '', path = ''] of text.matchAll(/^([0-9a-f]{32}) [ *]\.?\/?(.+)$/gm)) {
      const canonical = resolver.canonical(path);
      if (canonical !== undefined && canonical !== '') sums.set(canonical, md5);
    }
  }
  for (const path of divertedOf(lists.get(diversions) ?? '')) sums.delete(resolver.canonical(path) ?? path);
  return sums;
}

/** Three lines each: where a file was to lie, where it lies, and who diverted it (dpkg-divert(1)). */
function divertedOf(text: string): readonly string[] {
  return text
    .split('\n')
    .filter((line, at) => at % 3 === 0 && line.startsWith('/'))
    .map((path) => path.slice(1));
}
