import type { Analysis, AnalyzedFile, Analyzer } from '../analyzer.ts';
import { type PackageCollector, packageCollector, textOf } from '../package-collector.ts';
import { type Entry, parseInstalled } from './parse.ts';

const databases = ['lib/apk/db/installed', 'usr/lib/apk/db/installed'];

/** Packages of Alpine, Wolfi and their kin. */
export const apk: Analyzer = {
  id: 'apk',
  version: 1,
  summary: 'Packages of Alpine, Wolfi and their kin',
  places: [
    { place: 'lib/apk/db', probe: '/installed' },
    { place: 'usr/lib/apk/db', probe: '/installed' },
  ],
  wants: (path) => path.endsWith('lib/apk/db/installed') && databases.includes(path),
  analyze,
};

function analyze(file: AnalyzedFile): Analysis {
  const collector = packageCollector('apk', file.path);
  const text = textOf(file.content);
  const { entries, problems } = parseInstalled(text);
  for (const problem of problems) collector.fault('corrupt-package-database', problem);
  if (entries.length > 0 && !text.endsWith('\n\n')) {
    collector.fault('corrupt-package-database', 'The package database ends in the middle of an entry.');
  }
  for (const entry of entries) addPackage(collector, entry, file.path);
  return collector.analysis();
}

function addPackage(collector: PackageCollector, entry: Entry, path: string): void {
  const { name = '', version = '', origin } = entry;
  if (name === '' || version === '') {
    collector.fault(
      'corrupt-package-database',
      `An entry names no package or no version: ${name || version || '(empty)'}`,
    );
    return;
  }
  collector.add({
    type: 'apk',
    name,
    version,
    architecture: entry.architecture,
    source: { name: origin || name, version },
    vendor: entry.maintainer,
    licenses: entry.license ? [entry.license] : [],
    files: entry.files,
    sums: entry.sums,
    path,
    foundBy: { analyzer: 'apk', evidence: 'installed' },
  });
}
