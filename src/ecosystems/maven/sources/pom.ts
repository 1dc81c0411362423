import { type Analysis, type AnalyzedFile, type Analyzer } from '../../analyzer.ts';
import { packageCollector, textOf } from '../../package-collector.ts';
import { askedBy } from '../../manifest.ts';
import { childNamed, readXml, type XmlElement } from '../../xml.ts';

/**
 * Artifacts that a project of Maven asks for by itself (maven.apache.org/pom.html). One file is read at a time: versions of
 * a parent, of an imported list or of a profile, and what the artifacts require in turn, are in other files.
 */
export const pom: Analyzer = {
  id: 'maven-project',
  version: 2,
  of: 'sources',
  // Maven has no lock file: what it copies beside the project tells what a build takes.
  answeredBy: /(?!)/,
  summary:
    'Maven artifacts that pom.xml names with a version in the same file (what a parent, a profile or another artifact adds is left out)',
  places: [],
  wants: (path) => /(?:^|\/)pom\.xml$/.test(path),
  analyze,
};

const command = '`mvn dependency:copy-dependencies`';
const foundBy = { analyzer: pom.id, evidence: 'pom.xml' };
/** Properties may name properties. */
const mostSteps = 10;
const longest = 512;

function analyze({ path, content }: AnalyzedFile): Analysis {
  const collector = packageCollector(pom.id, path);
  const root = readXml(textOf(content));
  if (typeof root === 'string' || root.name !== 'project') {
    const why = typeof root === 'string' ? root : 'it is no project';
    collector.fault('corrupt-package-database', `This project of Maven is not read: ${why}.`);
    return collector.analysis();
  }
  const resolve = resolverOf(root);
  const managed = new Map(
    dependenciesIn(childNamed(root, 'dependencyManagement')).map((one) => [nameOf(one, resolve), one] as const),
  );
  const names: string[] = [];
  let versions = 0;
  for (const one of dependenciesIn(root)) {
    const name = nameOf(one, resolve);
    if (name === undefined) continue;
    const stated = (part: string): string | undefined => childText(one, part) ?? childText(managed.get(name), part);
    const version = exactVersion(resolve(stated('version') ?? ''));
    if (!isDelivered(resolve(stated('scope') ?? 'compile'))) continue;
    names.push(name);
    if (version === undefined) continue;
    versions += 1;
    collector.add({ type: 'maven', name, version, path, foundBy });
  }
  const isVersioned = versions === names.length && { isVersioned: true as const };
  return { ...collector.analysis(), asks: askedBy({ names, ...isVersioned, ...ownNameOf(root, resolve) }, command) };
}

/** What the project is called, its group being its parent's where it names none. */
function ownNameOf(root: XmlElement, resolve: (text: string) => string): { readonly own?: string } {
  const group = childText(root, 'groupId') ?? childText(childNamed(root, 'parent'), 'groupId');
  const artifact = childText(root, 'artifactId');
  return group === undefined || artifact === undefined ? {} : { own: resolve(`${group}:${artifact}`) };
}

function dependenciesIn(parent: XmlElement | undefined): readonly XmlElement[] {
  return childNamed(parent, 'dependencies')?.children.filter(({ name }) => name === 'dependency') ?? [];
}

function childText(one: XmlElement | undefined, name: string): string | undefined {
  return childNamed(one, name)?.text;
}

function nameOf(one: XmlElement, resolve: (text: string) => string): string | undefined {
  const [group, artifact] = ['groupId', 'artifactId'].map((part) => resolve(childText(one, part) ?? ''));
  const isName = (text: string | undefined): boolean => text !== undefined && /^[\w.-]+$/.test(text);
  return isName(group) && isName(artifact) ? `${group}:${artifact}` : undefined;
}

/** Those of tests are not delivered, and those that are provided are there already. */
function isDelivered(scope: string): boolean {
  return scope === 'compile' || scope === 'runtime';
}

/** `1.2.3` and `[1.2.3]`; ranges and what stays open are none. */
function exactVersion(text: string): string | undefined {
  const [, bracketed, plain] = /^(?:\[([^\s[\](),${}]+)\]|([^\s[\](),${}]+))$/.exec(text) ?? [];
  const version = bracketed ?? plain;
  return version !== undefined && /\d/.test(version) ? version : undefined;
}

/** Puts in what the file itself says: its properties, its own coordinates and those of its parent. */
function resolverOf(root: XmlElement): (text: string) => string {
  const parent = childNamed(root, 'parent');
  const values = new Map((childNamed(root, 'properties')?.children ?? []).map(({ name, text }) => [name, text]));
  for (const part of ['groupId', 'artifactId', 'version']) {
    const [own, of] = [childText(root, part) ?? childText(parent, part), childText(parent, part)];
    for (const [name, value] of [
      [`project.${part}`, own],
      [`pom.${part}`, own],
      [`project.parent.${part}`, of],
    ] as const)
      if (value !== undefined) values.set(name, value);
  }
  const short = (name: string): string | undefined => {
    const value = values.get(name);
    return value === undefined || value.length > longest ? undefined : value;
  };
  return (text) => {
    let result = text.trim();
    for (let step = 0; step < mostSteps && result.includes('${') && result.length <= longest; step++)
      result = result.replaceAll(/\$\{([\w.-]+)\}/g, (whole, name: string) => short(name) ?? whole);
    return result.length > longest ? '' : result;
  };
}
