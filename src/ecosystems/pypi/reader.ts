import { type Analysis, type AnalyzedFile, type Analyzer, nothing } from '../analyzer.ts';
import { isProblem, looksLikeZip, readDirectory, readEntry } from '../archive.ts';
import { type PackageCollector, packageCollector, textOf } from '../package-collector.ts';
import { originIn, originOfInstaller } from './origin.ts';
import { listedFiles } from './installed-files.ts';
import { parseMetadata } from './metadata.ts';

/**
 * Installed packages of Python: the `.dist-info` folders of pip and others, and the `.egg-info` and `.egg` of older tools
 * (https://packaging.python.org/specifications/recording-installed-packages).
 */
export const pypi: Analyzer = {
  id: 'pypi',
  version: 2,
  summary: 'Packages of Python, as installed: *.dist-info, *.egg-info, *.egg',
  places: [],
  below: [
    '/METADATA',
    '/RECORD',
    '/PKG-INFO',
    '/EGG-INFO/PKG-INFO',
    '/installed-files.txt',
    '/direct_url.json',
    '/INSTALLER',
  ],
  wants: (path) => isEnding(path) && kindOf(path) !== undefined,
  analyze,
};

type Kind = 'METADATA' | 'PKG-INFO' | 'RECORD' | 'installed-files.txt' | 'direct_url.json' | 'INSTALLER' | 'egg';

const endings = [
  '/METADATA',
  '/RECORD',
  '/PKG-INFO',
  '.egg-info',
  '.egg',
  '/installed-files.txt',
  '/direct_url.json',
  '/INSTALLER',
];

/** Asked for every file of an image, so the cheap question comes first. */
function isEnding(path: string): boolean {
  return endings.some((ending) => path.endsWith(ending));
}

/** pip leaves what it could not remove under a name that begins with `~`; Python does not find it. */
const forms: readonly (readonly [RegExp, Kind])[] = [
  [/(?:^|\/)[^/~][^/]*\.dist-info\/METADATA$/, 'METADATA'],
  [/(?:^|\/)[^/~][^/]*\.dist-info\/RECORD$/, 'RECORD'],
  [/(?:^|\/)[^/~][^/]*\.dist-info\/direct_url\.json$/, 'direct_url.json'],
  [/(?:^|\/)[^/~][^/]*\.dist-info\/INSTALLER$/, 'INSTALLER'],
  [/(?:^|\/)[^/~][^/]*\.egg-info(?:\/PKG-INFO)?$/, 'PKG-INFO'],
  [/(?:^|\/)[^/~][^/]*\.egg\/EGG-INFO\/PKG-INFO$/, 'PKG-INFO'],
  [/(?:^|\/)[^/~][^/]*\.egg-info\/installed-files\.txt$/, 'installed-files.txt'],
  [/(?:^|\/)[^/~][^/]*\.egg$/, 'egg'],
];

function kindOf(path: string): Kind | undefined {
  return forms.find(([form]) => form.test(path))?.[1];
}

const longestMetadata = 16 * 1024 ** 2;

function analyze(file: AnalyzedFile): Analysis {
  const { path, content } = file;
  const collector = packageCollector(pypi.id, path);
  const kind = kindOf(path);
  switch (kind) {
    case undefined:
      return nothing;
    case 'METADATA':
    case 'PKG-INFO':
      addPackage(textOf(content), kind, { collector, path });
      return collector.analysis();
    case 'egg':
      addEgg(file, collector);
      return collector.analysis();
    case 'RECORD':
    case 'installed-files.txt': {
      const isRecord = kind === 'RECORD';
      const evidence = path.slice(0, -kind.length) + (isRecord ? 'METADATA' : 'PKG-INFO');
      const files = collector.files(listedFiles(textOf(content), { path, isRecord }));
      return { ...collector.analysis(), owns: { evidence, files } };
    }
    case 'direct_url.json':
    case 'INSTALLER': {
      const words = (kind === 'INSTALLER' ? originOfInstaller : originIn)(textOf(content));
      if (words === 'unreadable')
        collector.fault('corrupt-package', 'This file does not tell where a Python package came from.');
      const evidence = `${path.slice(0, -kind.length)}METADATA`;
      const isKnown = words !== undefined && words !== 'unreadable';
      return { ...collector.analysis(), ...(isKnown && { origin: { evidence, words } }) };
    }
    default:
      return kind satisfies never;
  }
}

interface Target {
  readonly collector: PackageCollector;
  readonly path: string;
  /** Of a package that is a single file. */
  readonly files?: readonly string[];
}

function addPackage(text: string, evidence: string, { collector, path, files = [] }: Target): void {
  const { name, version, licenses, requires } = parseMetadata(text);
  if (name === undefined || version === undefined) {
    const lacks = name === undefined ? 'names no package' : `of ${name} states no version`;
    collector.fault('corrupt-package', `This metadata of a Python package ${lacks}.`);
    return;
  }
  const foundBy = { analyzer: pypi.id, evidence };
  collector.add({ type: 'pypi', name, version, licenses, ...(requires && { requires }), files, path, foundBy });
}

/** A file that only ends like an egg is none. */
function addEgg({ path, content, limits }: AnalyzedFile, collector: PackageCollector): void {
  if (!looksLikeZip(content)) return;
  const spent = { unpackedBytes: 0, entries: 0 };
  const { entries, problem } = readDirectory(content, spent, limits);
  if (problem !== undefined) collector.fault(problem.code, problem.message);
  const entry = entries.find(({ name }) => name === 'EGG-INFO/PKG-INFO');
  if (entry === undefined) return;
  const read = readEntry(content, entry, { spent, limits, longest: longestMetadata });
  if (isProblem(read)) collector.fault(read.code, read.message);
  else addPackage(textOf(read), 'EGG-INFO/PKG-INFO', { collector, path, files: [path] });
}
