import { asFields } from '../fields.ts';
import { type Analysis, type AnalyzedFile, type Analyzer } from '../analyzer.ts';
import { packageCollector, textOf } from '../package-collector.ts';
import { readXml } from '../xml.ts';
import { readAssets } from './dependencies.ts';
import { readObject } from './json.ts';

/** What builds of .NET resolved (learn.microsoft.com, package-references-in-project-files), and Paket (fsprojects.github.io/Paket). */
export const nugetLocks: Analyzer = {
  id: 'nuget-lock',
  version: 1,
  of: 'sources',
  summary: 'NuGet packages, as listed in packages.lock.json, project.assets.json, packages.config and paket.lock',
  places: [],
  wants: (path) => listAt(path) !== undefined,
  analyze,
};

interface Listed {
  readonly name: string;
  readonly version: string;
  readonly requires?: readonly string[];
}

interface List {
  readonly file: RegExp;
  /** A text: why the list is not read. */
  read(text: string): readonly Listed[] | string;
}

const lists: readonly List[] = [
  { file: /(?:^|\/)packages\.lock\.json$/i, read: inLockFile },
  { file: /(?:^|\/)project\.assets\.json$/i, read: readAssets },
  { file: /(?:^|\/)packages\.config$/i, read: inPackagesConfig },
  { file: /(?:^|\/)paket\.lock$/i, read: inPaketLock },
];

function listAt(path: string): List | undefined {
  return lists.find(({ file }) => file.test(path));
}

const foundBy = { analyzer: nugetLocks.id, evidence: 'lock file' };

function analyze({ path, content }: AnalyzedFile): Analysis {
  const collector = packageCollector(nugetLocks.id, path);
  const found = listAt(path)?.read(textOf(content)) ?? [];
  if (typeof found === 'string')
    collector.fault('corrupt-package-database', `This list of NuGet packages is not read: ${found}.`);
  else for (const one of found) collector.add({ type: 'nuget', ...one, path, foundBy });
  return collector.analysis();
}

/** By framework: several of them may need one package in one version, which then counts once. */
function inLockFile(text: string): readonly Listed[] | string {
  const file = readObject(text);
  if (typeof file === 'string') return file;
  const frameworks = asFields(file['dependencies']);
  if (frameworks === undefined) return 'it lists no dependencies';
  const found = new Map<string, Listed>();
  for (const framework of Object.values(frameworks))
    for (const [name, value] of Object.entries(asFields(framework) ?? {})) {
      const { type, resolved, dependencies } = asFields(value) ?? {};
      if (type === 'Project' || typeof resolved !== 'string') continue;
      const requires = Object.keys(asFields(dependencies) ?? {});
      found.set(`${name.toLowerCase()}/${resolved}`, { name, version: resolved, requires });
    }
  return [...found.values()];
}

/** `<packages><package id="…" version="…" developmentDependency="true"/>`; those of development are not delivered. */
function inPackagesConfig(text: string): readonly Listed[] | string {
  const root = readXml(text);
  if (typeof root === 'string') return root;
  if (root.name !== 'packages') return 'it lists no packages';
  return root.children.flatMap(({ name, attributes }) => {
    const { id, version, developmentDependency } = attributes;
    if (name !== 'package' || id === undefined || version === undefined) return [];
    return developmentDependency?.toLowerCase() === 'true' ? [] : [{ name: id, version }];
  });
}

/**
 * Parts begin at the margin (`NUGET`, `GITHUB`, `GROUP Build`). Four blanks stand before a package of NuGet and its version,
 * six before what it requires.
 */
function inPaketLock(text: string): readonly Listed[] | string {
  const found: (Listed & { readonly requires: string[] })[] = [];
  let isNuget = false;
  for (const line of text.split('\n')) {
    if (/^[A-Z]/.test(line)) isNuget = line.trim() === 'NUGET';
    const [, blanks, name, version] = (isNuget && /^( {4}| {6})([^\s()]+)(?: \(([^\s()]+)\))?/.exec(line)) || [];
    if (name === undefined) continue;
    if (blanks?.length === 6) found.at(-1)?.requires.push(name);
    else if (version !== undefined) found.push({ name, version, requires: [] });
  }
  return /^[A-Z]/m.test(text) ? found : 'it lists no packages';
}
