import type { Analysis, AnalyzedFile, Analyzer } from '../analyzer.ts';
import { type Findings, findingsOf, textOf } from '../found.ts';
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
  const findings = findingsOf('apk', file.path);
  const text = textOf(file.content);
  const { entries, problems } = parseInstalled(text);
  for (const problem of problems) findings.fault('corrupt-package-database', problem);
  if (entries.length > 0 && !text.endsWith('\n\n')) {
    findings.fault('corrupt-package-database', 'The package database ends in the middle of an entry.');
  }
  for (const entry of entries) addPackage(findings, entry, file.path);
  return findings.analysis();
}

function addPackage(findings: Findings, entry: Entry, path: string): void {
  const { name = '', version = '', origin } = entry;
  if (name === '' || version === '') {
    findings.fault(
      'corrupt-package-database',
      `An entry names no package or no version: ${name || version || '(empty)'}`,
    );
    return;
  }
  findings.add({
    type: 'apk',
    name,
    version,
    architecture: entry.architecture,
    source: { name: origin || name, version },
    vendor: entry.maintainer,
    licenses: entry.license ? [entry.license] : [],
    files: entry.files,
    path,
    foundBy: { analyzer: 'apk', evidence: 'installed' },
  });
}
