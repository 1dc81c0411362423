import { type Analysis, type AnalyzedFile, type Analyzer } from '../analyzer.ts';
import { packageCollector, textOf } from '../package-collector.ts';
import { addPackages, readJson } from './list.ts';

/**
 * Installed packages by `vendor/composer/installed.json`: a list up to Composer 1, an object since Composer 2. Those for
 * development only are listed too: they are there where somebody installed them.
 */
export const composer: Analyzer = {
  id: 'composer',
  version: 1,
  summary: 'Packages of Composer, as installed in vendor',
  places: [],
  below: ['/installed.json', '/composer/installed.json', '/vendor/composer/installed.json'],
  wants: (path) => /(?:^|\/)composer\/installed\.json$/.test(path),
  analyze({ path, content }): Analysis {
    const collector = packageCollector(composer.id, path);
    const read = readJson(textOf(content));
    const list: unknown = Array.isArray(read) ? read : typeof read === 'object' && 'packages' in read && read.packages;
    if (Array.isArray(list))
      addPackages(list, { collector, path, foundBy: { analyzer: composer.id, evidence: 'installed.json' } });
    else collector.fault('corrupt-package-database', notRead(read));
    return collector.analysis();
  },
};

/** `composer.lock`, of which packages for development only are left out; those that packages bring along are not read. */
export const composerLock: Analyzer = {
  id: 'composer-lock',
  version: 1,
  of: 'sources',
  summary: 'Packages of Composer, as listed in composer.lock',
  places: [],
  wants: (path) => /(?:^|\/)composer\.lock$/.test(path) && !/(?:^|\/)vendor\//.test(path),
  analyze({ path, content }: AnalyzedFile): Analysis {
    const collector = packageCollector(composerLock.id, path);
    const read = readJson(textOf(content));
    const list: unknown = typeof read === 'object' && 'packages' in read && read.packages;
    if (Array.isArray(list))
      addPackages(list, { collector, path, foundBy: { analyzer: composerLock.id, evidence: 'lock file' } });
    else collector.fault('corrupt-package-database', notRead(read));
    return collector.analysis();
  },
};

function notRead(read: unknown): string {
  const why = typeof read === 'string' ? read : 'it lists no packages';
  return `This list of Composer packages is not read: ${why}.`;
}
