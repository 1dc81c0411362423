import { type Analysis, type AnalyzedFile, type Analyzer } from '../analyzer.ts';
import { packageCollector, textOf } from '../package-collector.ts';
import { askedBy } from '../manifest.ts';
import { childNamed, elementsNamed, readXml, type XmlElement } from '../xml.ts';

/**
 * Packages that projects of .NET ask for by themselves (learn.microsoft.com, package-references-in-project-files, and
 * central-package-management). NuGet takes the lowest version that is asked for, so a plain version is the one installed
 * unless another package needs a higher one.
 */
export const nugetProjects: Analyzer = {
  id: 'nuget-project',
  version: 2,
  of: 'sources',
  answeredBy: /(?:^|\/)(?:packages\.lock\.json|(?:obj\/)?project\.assets\.json|packages\.config|paket\.lock)$/i,
  summary:
    'NuGet packages that project files and Directory.Packages.props name with an exact version (others are left out)',
  places: [],
  wants: (path) => /(?:\.(?:cs|fs|vb)proj|(?:^|\/)(?:Directory\.)?Packages\.props)$/i.test(path),
  analyze,
};

const foundBy = { analyzer: nugetProjects.id, evidence: 'project file' };
const asking = 'PackageReference';
const items = [asking, 'PackageVersion', 'GlobalPackageReference'];

function analyze({ path, content }: AnalyzedFile): Analysis {
  const collector = packageCollector(nugetProjects.id, path);
  const root = readXml(textOf(content));
  if (typeof root === 'string') {
    collector.fault('corrupt-package-database', `This project of .NET is not read: ${root}.`);
    return collector.analysis();
  }
  const properties = propertiesOf(root);
  const found = new Map<string, { readonly name: string; readonly version: string }>();
  const asked: string[] = [];
  for (const item of items.flatMap((name) => elementsNamed(root, name))) {
    const version = exactVersion(stated(item, 'VersionOverride') ?? stated(item, 'Version') ?? '', properties);
    if (isForBuild(item)) continue;
    for (const name of namesOf(item)) {
      if (version !== undefined) found.set(`${name.toLowerCase()}/${version}`, { name, version });
      // Other elements say in which version a package is taken that a project asks for.
      if (item.name === asking && item.attributes['Include'] !== undefined) asked.push(name);
    }
  }
  for (const one of found.values()) collector.add({ type: 'nuget', ...one, path, foundBy });
  return { ...collector.analysis(), asks: askedBy({ names: asked }, '`dotnet restore --use-lock-file`') };
}

function namesOf({ attributes }: XmlElement): readonly string[] {
  const names = (attributes['Include'] ?? attributes['Update'] ?? '').split(';').map((name) => name.trim());
  return names.filter(isName);
}

/** Properties that hold whatever is built; a name that is set twice says nothing. */
function propertiesOf(root: XmlElement): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const group of elementsNamed(root, 'PropertyGroup'))
    for (const { name, attributes, text } of group.children) {
      const isPlain =
        ![group.attributes, attributes].some((one) => 'Condition' in one) && !found.has(name.toLowerCase());
      found.set(name.toLowerCase(), isPlain ? text : '');
    }
  return found;
}

/** MSBuild takes attributes and elements alike. */
function stated(item: XmlElement, name: string): string | undefined {
  return item.attributes[name] ?? childNamed(item, name)?.text;
}

/** What is private to a project is not published with it: analyzers, mostly. */
function isForBuild(item: XmlElement): boolean {
  return stated(item, 'PrivateAssets')?.trim().toLowerCase() === 'all';
}

/** `1.2.3`, `[1.2.3]` or a property; `undefined` for ranges and floating versions. */
function exactVersion(text: string, properties: ReadonlyMap<string, string>): string | undefined {
  const property = /^\s*\$\(([\w.-]+)\)\s*$/.exec(text)?.[1];
  const version = property === undefined ? text : (properties.get(property.toLowerCase()) ?? '');
  const [, bracketed, plain] = /^\s*(?:\[([^\s[\](),]+)\]|([^\s[\](),]+))\s*$/.exec(version) ?? [];
  const exact = bracketed ?? plain;
  return exact !== undefined && /^\d[\w.+-]*$/.test(exact) ? exact : undefined;
}

function isName(text: string): boolean {
  return /^[\w.-]+$/.test(text);
}
