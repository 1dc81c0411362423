import { type Catalog, type Executable, type Package, unpackExecutables } from '#catalog/index.ts';
import type { Subject } from '#image/index.ts';
import { licencesOf } from '../licences.ts';
import { properties, unlessEmpty } from './property.ts';
import type { Referenced } from '../references.ts';

/** Places of one component that are written; a property tells how many there are. */
const mostPlaces = 100;

/** The packages as components. */
export function componentsOf(
  packages: readonly Referenced[],
  { subject, catalog }: { readonly subject: Subject; readonly catalog: Catalog },
): readonly object[] {
  const layers = subject.kind === 'image' ? subject.layers : [];
  const archives = archivesOf(catalog, packages);
  return packages.map(({ package: one, ref }) => {
    const layer = layers[one.layer];
    return {
      type: 'library',
      'bom-ref': ref,
      ...named(one),
      ...(one.version === '' ? {} : { version: one.version }),
      ...(one.vendor === undefined || one.vendor === '' ? {} : { supplier: { name: one.vendor } }),
      ...unlessEmpty('hashes', hashesOf(one, archives)),
      ...unlessEmpty('licenses', licencesOf(one.licenses)),
      purl: one.purl,
      ...unlessEmpty('properties', [
        ...factsOf(one),
        ...(layer === undefined
          ? []
          : properties({ 'layer:index': one.layer, 'layer:diffId': layer.diffId, 'layer:digest': layer.digest })),
      ]),
      ...placesOf(one, layer?.diffId),
    };
  });
}

function factsOf(one: Package): ReturnType<typeof properties> {
  const more = one.paths.length - mostPlaces;
  return properties({
    type: one.type,
    foundBy: `${one.foundBy.analyzer}: ${one.foundBy.evidence}`,
    source: one.source === undefined ? undefined : `${one.source.name} ${one.source.version}`.trim(),
    architecture: one.architecture,
    module: one.module,
    ownedBy: one.ownedBy,
    version: one.version === '' ? 'unknown' : undefined,
    // Nothing states its coordinates: who reads the name must not take it for a fact.
    identity: one.archive === undefined ? undefined : 'unidentified',
    occurrencesLeftOut: more > 0 ? more : undefined,
  });
}

/** Group and name as the format divides them; only Maven and npm have groups. */
function named({ type, name }: Package): { readonly group?: string; readonly name: string } {
  const [, group, own] =
    (type === 'npm' ? /^(@[^/]+)\/(.+)$/ : type === 'maven' ? /^([^:]+):(.+)$/ : /^$/).exec(name) ?? [];
  return group === undefined || own === undefined ? { name } : { group, name: own };
}

function placesOf({ paths }: Package, diffId: string | undefined): object {
  const occurrences = paths.slice(0, mostPlaces).map((path) => ({
    location: path,
    ...(diffId === undefined ? {} : { additionalContext: `layer ${diffId}` }),
  }));
  return occurrences.length === 0 ? {} : { evidence: { occurrences } };
}

type Archives = ReadonlyMap<string, Executable>;

/** Packages that are one file each: its hash is theirs. */
function archivesOf({ executables }: Catalog, packages: readonly Referenced[]): Archives {
  if (executables === undefined) return new Map();
  const paths = new Set(packages.flatMap(({ package: one }) => archivePath(one) ?? []));
  return new Map(
    (paths.size === 0 ? [] : unpackExecutables(executables))
      .filter(({ path, kind }) => kind === 'java' && paths.has(path))
      .map((file) => [file.path, file]),
  );
}

function archivePath({ type, archive, paths }: Package): string | undefined {
  const [path, ...others] = paths;
  return (type === 'maven' || archive !== undefined) && others.length === 0 ? path : undefined;
}

function hashesOf(one: Package, archives: Archives): readonly object[] {
  const path = archivePath(one);
  const file = path === undefined ? undefined : archives.get(path);
  const sha1 = one.archive?.sha1;
  return [
    ...(file === undefined
      ? []
      : [
          { alg: 'SHA-256', content: file.sha256 },
          { alg: 'MD5', content: file.md5 },
        ]),
    ...(sha1 === undefined ? [] : [{ alg: 'SHA-1', content: sha1 }]),
  ];
}
