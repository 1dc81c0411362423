import { z } from 'zod';
import type { Immutable } from '#base/index.ts';
import { line } from '#http/fields.ts';
import { apk } from './apk/face.ts';
import { deb } from './deb/face.ts';
import type { Face, NameParts } from './face.ts';
import { maven } from './maven/face.ts';
import { npm } from './npm/face.ts';
import { rpm } from './rpm/face.ts';
import { golang } from './golang/face.ts';
import { cargo } from './cargo/face.ts';
import { generic } from './generic/face.ts';
import { nuget } from './nuget/face.ts';
import { pypi } from './pypi/face.ts';
import { conda } from './conda/face.ts';
import { alpm } from './alpm/face.ts';
import { gem } from './gem/face.ts';
import { composer } from './composer/face.ts';
import { hex } from './hex/face.ts';
import { pub } from './pub/face.ts';
import { swift } from './swift/face.ts';
import { conan } from './conan/face.ts';

export { broughtBy, type Change, changeOf, changeThrough, managersAmong, whoRequires } from './contract-changes.ts';
export { type Face, type NameParts, quoted } from './face.ts';

/** Faces of all ecosystems, in the order in which people see them. The other list is that of `index.ts`. */
const faces: readonly Face[] = [
  deb,
  apk,
  rpm,
  npm,
  maven,
  golang,
  cargo,
  generic,
  nuget,
  pypi,
  conda,
  alpm,
  gem,
  composer,
  hex,
  pub,
  swift,
  conan,
];

const byId: ReadonlyMap<string, Face> = new Map(faces.map((face) => [face.id, face]));

/** The face of a type of package; `undefined` for one that this version does not know. */
export function faceOf(type: string): Face | undefined {
  return byId.get(type);
}

/** Whether packages of this type make up an operating system and own its files. */
export function isSystemPackage({ type }: { readonly type: string }): boolean {
  return faceOf(type)?.kind === 'system';
}

/** A package's version for people. */
export function shownVersion(version: string): string {
  return version === '' ? 'version unknown' : version;
}

/** A name in two, as its ecosystem parts it. */
export function packageParts(type: string, name: string): NameParts {
  return faceOf(type)?.splitName(name) ?? { own: name };
}

/**
 * Name of a package URL as the catalog writes it: `group:artifact` for Maven, `@scope/name` for npm, else the name
 * (package-url specification: `pkg:type/namespace/name@version?qualifiers#subpath`). Other text gives itself.
 */
export function packageOfPurl(purl: string): string {
  const parts = /^pkg:([^/]+)\/([^@?#]+)/.exec(purl);
  if (parts === null) return purl;
  const path = parts[2]?.split('/').map(decoded) ?? [];
  const name = path.at(-1) ?? purl;
  return faceOf(parts[1] ?? '')?.nameOf(path.slice(0, -1).join('/'), name) ?? name;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * Ecosystem of a package, by the type of its package URL. A scanner may know more of them than the console: what it does
 * not know is kept, shown, and not judged.
 */
export const PackageType = z
  .string()
  .max(64)
  .regex(/^[a-z][a-z0-9.+-]*$/);
export type PackageType = z.infer<typeof PackageType>;

/** Those that this version knows. */
export const packageTypes: readonly PackageType[] = faces.map(({ id }) => id);

/**
 * What an archive says of itself when nothing states its coordinates: evidence by which it is identified as soon as it
 * is compared with advisories.
 */
export const ArchiveEvidence = z.object({
  /** Name of its file, without folder and ending. */
  file: line(255),
  /** Names in its manifest, likeliest first. */
  names: z.array(line(128)).max(8),
  /** Versions in its manifest, each with the attribute that states it. */
  versions: z.array(z.object({ text: line(64), by: line(64) })).max(8),
  /** Where its manifest says that it is from: `com.google.guava`. */
  groups: z.array(line(128)).max(8),
  /** Folders of its classes, no more than the four upper names of each, those with the most classes first. */
  folders: z.array(line(128)).max(64),
  sha1: z
    .string()
    .regex(/^[0-9a-f]{40}$/)
    .optional(),
});
export type ArchiveEvidence = Immutable<z.infer<typeof ArchiveEvidence>>;

export const Package = z.object({
  type: PackageType,
  /** Name as its ecosystem writes it; Maven `group:artifact`. */
  name: line(512),
  /** Whole version as installed: with epoch and revision for deb and rpm (no `0:`). Empty: nothing states it. */
  version: line(512),
  architecture: line(64).optional(),
  /** Package URL with namespace and qualifiers (package-url specification). */
  purl: line(2048),
  /** Source package that it was built from; distributions' advisories name this one. */
  source: z.object({ name: line(512), version: line(512) }).optional(),
  /** rpm module, `name:stream:version:context`. */
  module: line(512).optional(),
  vendor: line(512).optional(),
  licenses: z.array(line(512)).max(200),
  /** Index of the layer that brought it in this version; 0 for a folder. */
  layer: z.int().min(0),
  /** Where its evidence is: the package database, the `package.json`, the jar (nested: `a.war!/b.jar`). No leading slash. */
  paths: z.array(z.string().max(8192)).max(1000),
  /** Files that it owns, paths canonical across merged `/usr`, no leading slash. */
  files: z.array(z.string().max(8192)).max(200_000),
  /** Analyzer that found it and by what: `jar`, `pom.properties`. */
  foundBy: z.object({ analyzer: line(64), evidence: line(128) }),
  /** purl of the operating system package that owns its evidence, for language packages that a distribution ships. */
  ownedBy: line(2048).optional(),
  /** Names of the packages that it requires, as its manifest lists them; `name@version` as a lock file of npm does; missing: not read. */
  requires: z.array(line(512)).max(1000).optional(),
  /** Of a package without known coordinates; its name is that of the file, and its package URL is `pkg:generic/NAME`. */
  archive: ArchiveEvidence.optional(),
});
export type Package = Immutable<z.infer<typeof Package>>;

/** `os-release`, and with it which advisories speak for the operating system packages. */
export const Distribution = z.object({
  id: line(64),
  version: line(64).optional(),
  like: z.array(line(64)).max(32),
  name: line(256),
  /** Labels of the repositories that an image of Red Hat was built from, of all its layers; missing: it names none. */
  contentSets: z.array(line(200)).max(2000).optional(),
});
export type Distribution = Immutable<z.infer<typeof Distribution>>;
