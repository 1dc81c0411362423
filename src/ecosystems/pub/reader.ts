import { parse } from 'yaml';
import { messageOf, oneLine } from '#base/index.ts';
import { type Analysis, type AnalyzedFile, type Analyzer } from '../analyzer.ts';
import { asFields, type Fields } from '../fields.ts';
import { packageCollector, textOf } from '../package-collector.ts';

/**
 * `pubspec.lock` of Pub (https://dart.dev/tools/pub/glossary#lockfile). Packages that only development names are left out;
 * what those need in turn is not told apart. Parts of an SDK have no version of their own.
 */
export const pub: Analyzer = {
  id: 'pub-lock',
  version: 1,
  of: 'sources',
  summary: 'Packages of Pub, as listed in pubspec.lock',
  places: [],
  wants: (path) => /(?:^|\/)pubspec\.lock$/.test(path),
  analyze,
};

/** The largest that are published have some 200 KB and 3,000 lines, three levels deep. */
const longest = { bytes: 2 * 1024 ** 2, brackets: 1000 };

function analyze({ path, content }: AnalyzedFile): Analysis {
  const collector = packageCollector(pub.id, path);
  const packages = packagesIn(textOf(content));
  if (typeof packages === 'string') {
    collector.fault('corrupt-package-database', `This lock file is not read: ${packages}.`);
    return collector.analysis();
  }
  for (const [name, value] of Object.entries(packages)) {
    const { dependency, source, version } = asFields(value) ?? {};
    if (dependency === 'direct dev' || source === 'sdk') continue;
    const evidence = source === 'hosted' ? 'lock file' : 'lock file (from a repository or folder)';
    const stated = typeof version === 'string' && version !== '' ? version : undefined;
    collector.add({ type: 'pub', name, version: stated, path, foundBy: { analyzer: pub.id, evidence } });
  }
  return collector.analysis();
}

/** Its section of packages; why not, where there is none. */
function packagesIn(text: string): Fields | string {
  const file = readYaml(text);
  return typeof file === 'string' ? file : (asFields(file['packages']) ?? 'it lists no packages');
}

/** A file of Pub; why not, where it is none. Every value is read as text. */
export function readYaml(text: string): Fields | string {
  if (text.length > longest.bytes) return `it is larger than ${longest.bytes} bytes`;
  if ((text.match(/[[{]/g)?.length ?? 0) > longest.brackets) return `it has more than ${longest.brackets} brackets`;
  try {
    // The library's own look for doubles takes the square of the keys.
    const options = { schema: 'failsafe', uniqueKeys: false, maxAliasCount: 0, logLevel: 'error' } as const;
    return asFields(parse(text, options)) ?? 'it lists no packages';
  } catch (error) {
    return `it is no valid YAML (${oneLine(messageOf(error), 100)})`;
  }
}
