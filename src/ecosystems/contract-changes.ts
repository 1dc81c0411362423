import { type Change, type Changes, type Replacement, withoutCommand } from './changes.ts';
import { apk } from './apk/changes.ts';
import { deb } from './deb/changes.ts';
import { maven } from './maven/changes.ts';
import { npm } from './npm/changes.ts';
import { rpm } from './rpm/changes.ts';
import { golang } from './golang/changes.ts';
import { cargo } from './cargo/changes.ts';
import { generic } from './generic/changes.ts';
import { nuget } from './nuget/changes.ts';
import { pypi } from './pypi/changes.ts';
import { conda } from './conda/changes.ts';
import { alpm } from './alpm/changes.ts';
import { gem } from './gem/changes.ts';
import { composer } from './composer/changes.ts';
import { hex } from './hex/changes.ts';
import { pub } from './pub/changes.ts';
import { swift } from './swift/changes.ts';
import { conan } from './conan/changes.ts';

export type { Change } from './changes.ts';

/** Those of all ecosystems, in the order of the faces. */
const changes: readonly Changes[] = [
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

const byType: ReadonlyMap<string, Changes> = new Map(changes.map((one) => [one.id, one]));

/** A package that is to have another version. Of its evidence either all paths are known or the first. */
interface Wanted {
  readonly type: string;
  readonly package: string;
  readonly installed: string;
  readonly to: string;
  readonly purl?: string | undefined;
  readonly path?: string | undefined;
  readonly paths?: readonly string[] | undefined;
  readonly managers?: readonly string[] | undefined;
}

/** The exact change that brings a package to a version, in the words of the tool that its evidence tells. */
export function changeOf(wanted: Wanted): Change {
  const replacement = replacementOf(wanted);
  return byType.get(wanted.type)?.change(replacement) ?? withoutCommand(wanted.package, replacement);
}

/** The same for a package that comes by another, which the project names itself. */
export function changeThrough(wanted: Wanted, direct: string): Change {
  return byType.get(wanted.type)?.changeThrough?.(replacementOf(wanted), direct) ?? changeOf(wanted);
}

function replacementOf(wanted: Wanted): Replacement {
  const { package: name, installed, to, purl = '', path, managers } = wanted;
  const paths = wanted.paths ?? (path === undefined ? [] : [path]);
  const vendor = /^pkg:[^/]+\/([^/@?#]+)\//.exec(purl)?.[1];
  return { name, installed, to, paths, vendor, managers };
}

/** Those of these packages of one type that are programs which bring others; `undefined`: nobody knows which would be. */
export function managersAmong(type: string, names: readonly string[]): readonly string[] | undefined {
  const held = new Set(names);
  return byType.get(type)?.managers?.filter((name) => held.has(name));
}

/** The program for all users that brings a package along, whose update replaces it; `undefined`: none does. */
export function broughtBy(type: string, paths: readonly string[]): string | undefined {
  return byType.get(type)?.broughtBy?.(paths);
}

/** The command that tells which packages require one, of the tool that its evidence tells. */
export function whoRequires(type: string, name: string, paths: readonly string[]): string | undefined {
  return byType.get(type)?.whoRequires?.(name, paths);
}
