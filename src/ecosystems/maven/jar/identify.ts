import { holdsKnownPublisher, knownGroup } from './known.ts';
import { type PomProperties, versionText } from './manifest.ts';

/** Everything in a jar that may tell which package it is. */
export interface JarFacts {
  /** File name without folder and extension: `spring-core-6.2.1`. */
  readonly fileName: string;
  readonly poms: readonly PomProperties[];
  readonly manifest: ReadonlyMap<string, string>;
  /** Folders that hold classes, relative to the class path root. */
  readonly classFolders: ReadonlySet<string>;
}

/** One package in a jar; `name` is `group:artifact`, or the artifact alone where nothing tells the group. */
export interface JarPackage {
  readonly name: string;
  readonly version: string;
  readonly evidence: string;
}

/**
 * Names the packages of a jar.
 * 1. Each `pom.properties` is one (shaded jars carry several).
 * 2. Where none of them is the jar's own: the version from the manifest (`Implementation-Version`), the file name,
 *    then the weaker attributes; the name from the file name and the manifest; the group from the manifest, or from
 *    the names that advisories use, if the classes bear it out.
 * 3. `unidentified` only for a jar without version that holds classes of a publisher with advisories: what is of nobody
 *    known (the user's own code, the JDK's own jars) could not be matched anyway and hides nothing.
 */
export function identify(facts: JarFacts): {
  readonly packages: readonly JarPackage[];
  readonly unidentified: boolean;
} {
  const file = parseFileName(facts.fileName);
  const fromPoms = facts.poms.flatMap((pom) => pomPackage(pom, facts, file));
  const own = facts.poms.some((pom) => isOwn(pom, facts, file)) ? undefined : ownPackage(facts, file);
  const packages = own === undefined ? fromPoms : [...fromPoms, own];
  const unidentified = packages.length === 0 && holdsKnownPublisher(facts.classFolders);
  return { packages: unique(packages), unidentified };
}

interface FileName {
  readonly artifact: string;
  readonly version?: string;
}

/** `NAME-VERSION`, the form in which Maven and Gradle store jars: the version begins at the first dash before a digit. */
function parseFileName(name: string): FileName {
  const match = /^(.+?)-(\d[^\s]*)$/.exec(name);
  return match?.[1] === undefined || match[2] === undefined
    ? { artifact: name }
    : { artifact: match[1], version: match[2] };
}

/** A `pom.properties` describes the jar itself, not something shaded into it. */
function isOwn(pom: PomProperties, { poms, fileName }: JarFacts, file: FileName): boolean {
  if (fileName === pom.artifact || fileName.startsWith(`${pom.artifact}-`)) return true;
  return file.version === undefined ? poms.length === 1 : file.version === pom.version;
}

function pomPackage(pom: PomProperties, facts: JarFacts, file: FileName): readonly JarPackage[] {
  const name = `${pom.group}:${pom.artifact}`;
  if (pom.version !== undefined) return [{ name, version: pom.version, evidence: 'pom.properties' }];
  const version = isOwn(pom, facts, file) ? versionOf(facts.manifest, file) : undefined;
  return version === undefined ? [] : [{ name, version: version.text, evidence: `pom path, version by ${version.by}` }];
}

function ownPackage({ manifest, classFolders }: JarFacts, file: FileName): JarPackage | undefined {
  const version = versionOf(manifest, file);
  if (version === undefined || /-(?:sources|javadoc)$/.test(version.text)) return undefined;
  const symbolicName = manifest.get('bundle-symbolicname')?.split(';')[0]?.trim() ?? '';
  const names = [file.artifact, manifest.get('implementation-title') ?? '', lastName(symbolicName), symbolicName];
  for (const artifact of names.filter(isIdentifier)) {
    const group = knownGroup(artifact, classFolders);
    if (group === undefined) continue;
    return { name: `${group}:${artifact}`, version: version.text, evidence: `${version.by}, group by advisories` };
  }
  const group = manifestGroup(manifest, symbolicName);
  if (group === undefined) return { name: file.artifact, version: version.text, evidence: `${version.by}, no group` };
  return { name: `${group}:${file.artifact}`, version: version.text, evidence: `${version.by}, group by manifest` };
}

function versionOf(manifest: ReadonlyMap<string, string>, file: FileName) {
  const candidates = [
    { by: 'manifest', text: versionText(manifest.get('implementation-version')) },
    { by: 'file name', text: versionText(file.version) },
    { by: 'manifest', text: versionText(manifest.get('bundle-version')) },
    { by: 'manifest', text: versionText(manifest.get('specification-version')) },
  ];
  return candidates.find((candidate): candidate is { by: string; text: string } => candidate.text !== undefined);
}

function manifestGroup(manifest: ReadonlyMap<string, string>, symbolicName: string): string | undefined {
  const upper = symbolicName.slice(0, Math.max(symbolicName.lastIndexOf('.'), 0));
  return [manifest.get('implementation-vendor-id'), upper, manifest.get('implementation-vendor')].find(isGroup);
}

function lastName(symbolicName: string): string {
  return symbolicName.slice(symbolicName.lastIndexOf('.') + 1);
}

function isIdentifier(text: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(text);
}

function isGroup(text: string | undefined): text is string {
  return text !== undefined && /^[a-z][A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]+)+$/.test(text);
}

function unique(packages: readonly JarPackage[]): readonly JarPackage[] {
  return [...new Map(packages.map((each) => [`${each.name}@${each.version}`, each])).values()];
}
