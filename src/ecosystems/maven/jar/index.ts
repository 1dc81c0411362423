import { createHash } from 'node:crypto';
import type { Analysis, AnalyzedFile, Analyzer } from '../../analyzer.ts';
import {
  type ArchiveProblem,
  isProblem,
  looksLikeZip,
  readDirectory,
  readEntry,
  type Spent,
  type ZipEntry,
} from '../../archive.ts';
import { clean, type PackageCollector, packageCollector, TextTooLong, textOf } from '../../package-collector.ts';
import { parseManifest, parsePomPath, parsePomProperties, type PomProperties } from './manifest.ts';
import { type JarFacts, packagesOf } from './packages.ts';

const extensions = new Set(['.jar', '.war', '.ear', '.rar', '.sar', '.par', '.jpi', '.hpi']);
const manifestPath = 'META-INF/MANIFEST.MF';
const longestText = 4 * 1024 ** 2;

/** Java archives and the archives inside them. */
export const jar: Analyzer = {
  id: 'jar',
  version: 3,
  summary: 'Java packages in jar, war, ear, rar, sar, par, jpi and hpi archives, nested ones too',
  places: [],
  wants: (path) => path.charCodeAt(path.length - 4) === 0x2e && isArchive(path),
  analyze,
};

function analyze(file: AnalyzedFile): Analysis {
  const collector = packageCollector('jar', file.path);
  const scan: ArchiveScan = { collector, limits: file.limits, spent: { unpackedBytes: 0, entries: 0 } };
  if (file.content.length > 0 && (looksLikeZip(file.content) || !isShared(file.path))) {
    scanArchive(scan, { path: file.path, content: file.content, depth: 0 });
  }
  return collector.analysis();
}

interface ArchiveScan {
  readonly collector: PackageCollector;
  readonly limits: AnalyzedFile['limits'];
  readonly spent: Spent;
}

interface Archive {
  readonly path: string;
  readonly content: Uint8Array;
  readonly depth: number;
}

function scanArchive(scan: ArchiveScan, archive: Archive): void {
  if (!looksLikeZip(archive.content)) {
    return scan.collector.fault('corrupt-archive', 'This is no zip archive.', archive.path);
  }
  const { entries, problem } = readDirectory(archive.content, scan.spent, scan.limits);
  if (problem !== undefined) scan.collector.fault(problem.code, problem.message, archive.path);
  addPackages(scan, archive, entries);
  for (const entry of entries) if (isArchive(entry.name)) scanNested(scan, archive, entry);
}

function scanNested(scan: ArchiveScan, archive: Archive, entry: ZipEntry): void {
  const nested = `${archive.path}!/${entry.name}`;
  const depth = archive.depth + 1;
  if (depth > scan.limits.archiveDepth) {
    return scan.collector.fault('depth-limit', `Archives are nested deeper than ${scan.limits.archiveDepth}.`, nested);
  }
  const content = readEntry(archive.content, entry, scan);
  if (isProblem(content)) return scan.collector.fault(content.code, content.message, nested);
  if (content.length > 0) scanArchive(scan, { path: nested, content, depth });
}

function addPackages(scan: ArchiveScan, archive: Archive, entries: readonly ZipEntry[]): void {
  const sha1 = (): string => createHash('sha1').update(archive.content).digest('hex');
  for (const { evidence, ...one } of packagesOf(factsOf(scan, archive, entries), sha1)) {
    scan.collector.add({ type: 'maven', ...one, path: archive.path, foundBy: { analyzer: 'jar', evidence } });
  }
}

function factsOf(scan: ArchiveScan, archive: Archive, entries: readonly ZipEntry[]): JarFacts {
  const read = (entry: ZipEntry): string => {
    const content = readEntry(archive.content, entry, { ...scan, longest: longestText });
    const text = isProblem(content) ? content : textIn(content);
    if (typeof text === 'string') return text;
    scan.collector.fault(text.code, text.message, archive.path);
    return '';
  };
  const manifest = entries.find((entry) => entry.name.toUpperCase() === manifestPath);
  return {
    fileName: clean(archive.path.slice(archive.path.lastIndexOf('/') + 1, -4), 255),
    poms: pomsOf(entries, read),
    manifest: parseManifest(manifest === undefined ? '' : read(manifest)),
    classFolders: countFolders(entries),
  };
}

/** A text that is too long hides no other one of the same archive. */
function textIn(content: Uint8Array): string | ArchiveProblem {
  try {
    return textOf(content);
  } catch (error) {
    if (error instanceof TextTooLong) return { code: 'file-limit', message: error.message };
    throw error;
  }
}

/** A `pom.xml` counts by its path where no `pom.properties` lies beside it. */
function pomsOf(entries: readonly ZipEntry[], read: (entry: ZipEntry) => string): readonly PomProperties[] {
  const poms = new Map<string, PomProperties>();
  for (const entry of entries) {
    const place = parsePomPath(entry.name);
    if (place === undefined) continue;
    const key = `${place.group}:${place.artifact}`;
    const pom = entry.name.endsWith('.xml') ? place : parsePomProperties(entry.name, read(entry));
    if (pom !== undefined && poms.get(key)?.version === undefined) poms.set(key, pom);
  }
  return [...poms.values()];
}

function countFolders(entries: readonly ZipEntry[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { name } of entries) {
    if (!name.endsWith('.class')) continue;
    const folder = classFolder(name);
    counts.set(folder, (counts.get(folder) ?? 0) + 1);
  }
  return counts;
}

/** Folder of a class relative to the root of the class path, of war and Spring Boot archives too. */
function classFolder(name: string): string {
  const folder = name.slice(0, name.lastIndexOf('/') + 1);
  return folder.replace(/^(?:WEB-INF|BOOT-INF)\/classes\/|^META-INF\/versions\/\d+\//, '').slice(0, -1);
}

/** Endings that formats of others use too, so that such a file may well be no archive. */
function isShared(path: string): boolean {
  return ['.rar', '.par', '.hpi', '.jpi'].includes(path.slice(-4).toLowerCase());
}

function isArchive(path: string): boolean {
  return extensions.has(path.slice(-4).toLowerCase());
}
