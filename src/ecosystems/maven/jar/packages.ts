import type { ArchiveEvidence } from '../../contract.ts';
import { likelyReading } from './file-name.ts';
import type { PomProperties } from './manifest.ts';
import { folderLevel } from './support.ts';
import { manifestVersions, versionOf } from './versions.ts';

/** Everything in a jar that may tell which package it is. */
export interface JarFacts {
  /** File name without folder and extension: `spring-core-6.2.1`. */
  readonly fileName: string;
  readonly poms: readonly PomProperties[];
  readonly manifest: ReadonlyMap<string, string>;
  /** Folders that hold classes, relative to the class path root, and how many each holds. */
  readonly classFolders: ReadonlyMap<string, number>;
}

/** One package in a jar; `name` is `group:artifact`, or that of the file where nothing states the group. */
export interface JarPackage {
  readonly name: string;
  /** `undefined`: nothing tells it. */
  readonly version: string | undefined;
  readonly evidence: string;
  readonly archive?: ArchiveEvidence;
}

/**
 * Names the packages of a jar, as far as it states them.
 * 1. Each `pom.properties` is one (shaded jars carry several).
 * 2. Where none of them is the jar's own, the jar is one too, under the name of its file and with the evidence by which
 *    it is identified when it is matched.
 */
export function packagesOf(facts: JarFacts, sha1: () => string): readonly JarPackage[] {
  const archive = evidenceOf(facts);
  const fromPoms = facts.poms.map((pom) => pomPackage(pom, facts, archive));
  const isNamed = facts.poms.some((pom) => isOwn(pom, facts, archive));
  const own = isNamed || !isPackage(facts, archive) ? [] : [ownPackage({ ...archive, sha1: sha1() })];
  return unique([...fromPoms, ...own]);
}

/** An archive without classes is one only if something tells of it; sources and documentation are none. */
function isPackage({ classFolders, fileName }: JarFacts, { names, versions, groups }: ArchiveEvidence): boolean {
  if (classFolders.size > 0) return true;
  if (/-(?:sources|javadoc)$/.test(fileName)) return false;
  return names.length + versions.length + groups.length > 0 || likelyReading(fileName).version !== undefined;
}

/** A `pom.properties` describes the jar itself, not something shaded into it. */
function isOwn(pom: PomProperties, { poms, fileName }: JarFacts, { names, folders }: ArchiveEvidence): boolean {
  if (fileName === pom.artifact || fileName.startsWith(`${pom.artifact}-`)) return true;
  if (names.includes(pom.artifact)) return true;
  const { version } = likelyReading(fileName);
  if (version !== undefined) return version === pom.version;
  return poms.length === 1 && !isShadedIn(pom, folders);
}

/** Some classes are of the pom's group, and most are not: it came with a part of the jar. */
function isShadedIn({ group, artifact }: PomProperties, folders: ArchiveEvidence['folders']): boolean {
  const [most, ...others] = folders.map((folder) => folderLevel(folder, { group, artifact }) > 1);
  return most === false && others.includes(true);
}

function pomPackage(pom: PomProperties, facts: JarFacts, archive: ArchiveEvidence): JarPackage {
  const name = `${pom.group}:${pom.artifact}`;
  if (pom.version !== undefined) return { name, version: pom.version, evidence: 'pom.properties' };
  const version = isOwn(pom, facts, archive) ? versionOf(archive, pom.artifact) : undefined;
  return { name, version: version?.text, evidence: `pom path, ${reportedBy(version)}` };
}

function ownPackage(archive: ArchiveEvidence): JarPackage {
  const version = versionOf(archive);
  const name = likelyReading(archive.file).artifact;
  return { name, version: version?.text, evidence: `file name, ${reportedBy(version)}`, archive };
}

function reportedBy(version: { readonly by: string } | undefined): string {
  return version === undefined ? 'no version' : `version by ${version.by}`;
}

const most = { file: 255, text: 128, few: 8, folders: 64, depth: 4 };

function evidenceOf({ fileName, manifest, classFolders }: JarFacts): ArchiveEvidence {
  const reported = (name: string): string => manifest.get(name)?.split(';')[0]?.trim() ?? '';
  const symbolic = reported('bundle-symbolicname');
  const module = reported('automatic-module-name');
  const title = reported('implementation-title');
  const [group = '', artifact = ''] = title.includes(':') ? title.split(':') : ['', title];
  const names = [artifact, symbolic, lastNames(symbolic, 1), lastNames(symbolic, 2), lastNames(module, 2), module];
  return {
    file: fileName.slice(0, most.file),
    names: listed(names, isName),
    versions: manifestVersions(manifest),
    groups: listed([group, reported('implementation-vendor-id'), symbolic, module], isGroup),
    folders: upperFolders(classFolders),
  };
}

/** `netty-codec` of `io.netty.codec`: symbolic names end as the artifact is called, mostly. */
function lastNames(symbolic: string, count: number): string {
  return symbolic.split('.').slice(-count).join('-');
}

function listed(texts: readonly string[], holds: (text: string) => boolean): readonly string[] {
  return [...new Set(texts.filter((text) => text.length <= most.text && holds(text)))].slice(0, most.few);
}

function isName(text: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(text);
}

function isGroup(text: string): boolean {
  return /^[A-Za-z][\w-]*(?:\.[\w-]+)*$/.test(text);
}

function upperFolders(folders: ReadonlyMap<string, number>): readonly string[] {
  const counts = new Map<string, number>();
  for (const [folder, count] of folders) {
    const upper = folder.split('/', most.depth).join('/');
    if (upper.length > most.text || !/^[\p{L}_$][\p{L}\p{N}_$/-]*$/u.test(upper)) continue;
    counts.set(upper, (counts.get(upper) ?? 0) + count);
  }
  const byCount = [...counts].toSorted(([a, left], [b, right]) => right - left || (a < b ? -1 : 1));
  return byCount.slice(0, most.folders).map(([folder]) => folder);
}

function unique(packages: readonly JarPackage[]): readonly JarPackage[] {
  return [...new Map(packages.map((each) => [`${each.name}@${each.version ?? ''}`, each])).values()];
}
