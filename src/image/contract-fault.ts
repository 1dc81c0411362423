/**
 * Something that kept a reader from seeing everything. It never stops a scan; it makes the catalog incomplete.
 * Codes and their meaning: `docs/reference/faults.md`.
 */
export interface Fault {
  readonly code: FaultCode;
  readonly message: string;
  readonly path?: string;
  readonly layer?: number;
  readonly analyzer?: string;
  /** Number of faults that it stands for, where they are not listed one by one. */
  readonly count?: number;
}

/** Every fault a scan can report, with what it means. */
export const faultCatalogue = {
  'truncated-archive': 'An archive or layer ends before it says it does.',
  'corrupt-archive': 'An archive or layer is not what its format says.',
  'missing-layer': 'The source does not hold this layer (foreign layers lie elsewhere).',
  'unsafe-path': 'An entry climbs out of the image with `..`, or its path is longer than Linux takes; it was left out.',
  'unpacked-limit': 'A layer or archive unpacks to more bytes than the limit; the rest was left out.',
  'entry-limit': 'A layer or archive holds more entries than the limit; the rest was left out.',
  'file-limit': 'A file that an analyzer reads is larger than the limit; it was left out.',
  'executables-limit':
    'A layer or image holds more executables and code files than are listed; the rest are not known to belong to it.',
  'findings-limit': 'The image has more findings than are listed; those of the highest risk are.',
  'matching-limit': 'The packages name more advisories than are compared; the packages that are left are not judged.',
  'depth-limit': 'Archives are nested deeper than the limit; what lies deeper was left out.',
  'time-limit': 'A layer took longer than the limit; its result was dropped.',
  'memory-limit': 'A layer needed more memory than the limit; its result was dropped.',
  'symlink-loop': 'Symbolic links lead in a circle; the path was left out.',
  'unreadable-file': 'A file could not be read.',
  'corrupt-package-database': 'A package database is damaged or cut off; packages may be missing.',
  'corrupt-package': 'The metadata of a package is damaged; it was left out.',
  'unreadable-version': 'The version of a package is none that its ecosystem knows; no advisory was compared with it.',
  'unreadable-bound': 'An advisory may speak of a package: a version that bounds it is none that its ecosystem knows.',
  'unknown-version': 'Nothing tells the version of a package, and advisories may speak of it.',
  'unlocked-manifest': 'A manifest asks for packages, and no lock file or installed package tells their versions.',
  'unidentified-package': 'A file holds a package that nothing identifies; no advisory was compared with it.',
  'unknown-package-database': 'A package database was found that no analyzer reads.',
  'unknown-distribution': 'Packages of an operating system were found, and nothing says which one it is.',
  'no-system-packages': 'The distribution is known, and none of its packages were found: its database is missing.',
  'nothing-recognised': 'Files were found, but no package among them; what they hold is unknown.',
  'no-advisory-data': 'No feed speaks for this operating system or version.',
  'incomplete-bill': 'A bill of materials says of itself that it does not list everything.',
  'unreadable-component':
    'A component of a bill of materials has no package URL that can be read; no advisory was compared with it.',
  'unnamed-source':
    'A bill of materials names no source packages, by which advisories of its distribution are published.',
  'analyzer-failed': 'An analyzer met a fault of its own on this file.',
} as const satisfies Record<string, string>;

export type FaultCode = keyof typeof faultCatalogue;

/**
 * - `reading`: a state of the machine that scanned, such as a damaged disk or too little time; another machine may see
 *   more, so such a scan of an image does not count.
 * - `content`: the image itself is so, wherever it is scanned.
 * - `judging`: a package was seen, and whether advisories speak of it cannot be said.
 * - `unidentified`: a file was seen that may hold a package, such as an application's own archive.
 */
export type FaultKind = 'reading' | 'content' | 'judging' | 'unidentified';

export const faultKinds = {
  'truncated-archive': 'content',
  'corrupt-archive': 'content',
  'missing-layer': 'reading',
  'unsafe-path': 'content',
  'unpacked-limit': 'content',
  'entry-limit': 'content',
  'file-limit': 'content',
  'executables-limit': 'content',
  'depth-limit': 'content',
  'time-limit': 'reading',
  'memory-limit': 'reading',
  'symlink-loop': 'content',
  'unreadable-file': 'reading',
  'corrupt-package-database': 'content',
  'corrupt-package': 'content',
  'unreadable-version': 'judging',
  'unreadable-bound': 'judging',
  'unknown-version': 'judging',
  'unlocked-manifest': 'judging',
  'unidentified-package': 'unidentified',
  'unknown-package-database': 'content',
  'unknown-distribution': 'content',
  'no-system-packages': 'content',
  'nothing-recognised': 'content',
  'no-advisory-data': 'judging',
  'findings-limit': 'content',
  'matching-limit': 'content',
  'incomplete-bill': 'content',
  'unreadable-component': 'judging',
  'unnamed-source': 'judging',
  'analyzer-failed': 'content',
} as const satisfies Record<FaultCode, FaultKind>;

/** Damage of a whole layer is a state of the disk; the same code with a path is of an archive in the image. */
const readingWithoutPath: ReadonlySet<string> = new Set<FaultCode>(['truncated-archive', 'corrupt-archive']);

/** Whether a fault kept the machine that scanned from reading what the image holds. One of an unknown code counts as such. */
export function isReadingFault({ code, path }: { readonly code: string; readonly path?: string | undefined }): boolean {
  if (path === undefined && readingWithoutPath.has(code)) return true;
  return faultKindOf(code) === 'reading';
}

/** How many faults these are, with those that are not listed one by one; never more than `mostFaultsCounted`. */
export function countFaults(faults: readonly { readonly count?: number | undefined }[]): number {
  return Math.min(
    mostFaultsCounted,
    faults.reduce((sum, { count = 1 }) => sum + count, 0),
  );
}

/** Two of them fit a column of the database. */
export const mostFaultsCounted = 1_000_000_000;

/** The kind of a fault. A newer scanner may report codes that this version does not know: then nobody knows what was read. */
export function faultKindOf(code: string): FaultKind {
  return Object.hasOwn(faultKinds, code) ? faultKinds[code as FaultCode] : 'reading';
}
