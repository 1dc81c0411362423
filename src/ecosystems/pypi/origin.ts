import { parseJsonWithin } from '#base/index.ts';
import type { Package } from '../contract.ts';
import { asFields } from '../fields.ts';

/** Real ones have some ten values. */
const limits = { bytes: 64 * 1024, tokens: 1000, depth: 20 };

const fromFolder = 'from a folder';
/** Words that the evidence of such a package has. */
export const fromRepository = 'from a repository';
const byConda = 'by conda';

/**
 * Where a package came from that was not asked for by its name, of `direct_url.json`
 * (https://packaging.python.org/specifications/direct-url-data-structure). An archive is no news: a wheel that an earlier
 * stage of a build fetched or built is installed from a file.
 */
export function originIn(text: string): string | undefined {
  const read = parseJsonWithin(text, limits);
  const file = read.kind === 'read' ? asFields(read.value) : undefined;
  if (file === undefined) return 'unreadable';
  if (asFields(file['vcs_info']) !== undefined) return fromRepository;
  return asFields(file['dir_info']) === undefined ? undefined : fromFolder;
}

/** Conda builds releases of PyPI, in a folder of its own machines. */
export function originOfInstaller(text: string): string | undefined {
  return text.trim() === 'conda' ? byConda : undefined;
}

/** What was built of a folder or a repository may be anybody's: PyPI's package of that name may be another. */
export function isOfPyPI({ foundBy }: Pick<Package, 'foundBy'>): boolean {
  const words = new Set(foundBy.evidence.split(', '));
  return words.has(byConda) || !(words.has(fromFolder) || words.has(fromRepository));
}
