import { asFields, type Fields } from '../fields.ts';

/** A package as a lock file lists it. */
export interface Locked {
  readonly name: string;
  /** `undefined`: the file does not tell it, as of a package from a git repository. */
  readonly version: string | undefined;
  /** `elsewhere`: a git repository, a URL, a file. `project`: a folder of the project itself, which is no package. */
  readonly origin: 'registry' | 'elsewhere' | 'project';
  /** Whether the project knows it by another name. */
  readonly isAlias: boolean;
  readonly licenses?: readonly string[];
  /** Keys of what it needs to run; of one that is not listed too, where the file lists all. */
  readonly needs: readonly string[];
  /** Of a part of the project: keys of what only its development needs. */
  readonly needsToDevelop?: readonly string[];
}

/** What a lock file lists, by keys of its own. */
export type LockFile = ReadonlyMap<string, Locked>;

/** What the file says of one package: what it is, what it needs and whether the project itself names it. */
export interface Listed extends Pick<Locked, 'name' | 'version' | 'origin' | 'isAlias' | 'licenses'> {
  readonly isDirect: boolean;
  /** `name@version` of each package that it needs. */
  readonly requires: readonly string[];
}

/**
 * The packages that the project needs to run, each name and version once. One that only the development of the project
 * leads to is left out; one that nothing leads to stays, because the way to it may be of a kind that is not known here.
 */
export function listedIn(lock: LockFile): readonly Listed[] {
  const projects = [...lock.values()].filter(({ origin }) => origin === 'project');
  const direct = new Set(projects.flatMap(({ needs }) => needs));
  const toRun = reachedFrom(direct, lock);
  const toDevelop = reachedFrom(new Set(projects.flatMap(({ needsToDevelop = [] }) => needsToDevelop)), lock);
  const listed = new Map<string, Listed & { readonly needs: Set<string> }>();
  for (const [key, one] of lock) {
    if (one.origin === 'project' || (toDevelop.has(key) && !toRun.has(key))) continue;
    const same = listed.get(labelOf(one));
    const needs = same?.needs ?? new Set<string>();
    for (const each of one.needs) needs.add(each);
    listed.set(labelOf(one), {
      ...(same?.origin === 'registry' ? same : one),
      isDirect: direct.has(key) || same?.isDirect === true,
      requires: [],
      needs,
    });
  }
  return [...listed.values()].map(({ needs, ...one }) => ({ ...one, requires: labelsOf(needs, lock) }));
}

/** Keys of packages that others need and the file does not list: it is cut off, or was put together wrongly. */
export function missingIn(lock: LockFile): readonly string[] {
  const needed = [...lock.values()].flatMap(({ needs, needsToDevelop = [] }) => [...needs, ...needsToDevelop]);
  return [...new Set(needed)].filter((key) => !lock.has(key));
}

/** How a package is named among those of one lock file. */
function labelOf({ name, version = '' }: Pick<Locked, 'name' | 'version'>): string {
  return `${name}@${version}`;
}

function labelsOf(keys: ReadonlySet<string>, lock: LockFile): readonly string[] {
  const needed = [...keys].flatMap((key) => lock.get(key) ?? []).filter(({ origin }) => origin !== 'project');
  return [...new Set(needed.map(labelOf))];
}

function reachedFrom(keys: ReadonlySet<string>, lock: LockFile): ReadonlySet<string> {
  const reached = new Set(keys);
  // What is added while a set is walked through is walked through as well.
  for (const key of reached) for (const need of lock.get(key)?.needs ?? []) reached.add(need);
  return reached;
}

/** Names with what is wanted of each, as `dependencies` states them; those of several fields together. */
export function wantedIn(one: Fields, fields: readonly string[]): readonly (readonly [name: string, range: string])[] {
  return fields.flatMap((field) =>
    Object.entries(asFields(one[field]) ?? {}).map(
      ([name, range]) => [name, typeof range === 'string' ? range : ''] as const,
    ),
  );
}

/** A range that no registry answers: a URL, a git repository, `owner/repository`, a file. */
export function isElsewhere(range: string): boolean {
  return !/^(?:npm|workspace|catalog|patch|jsr):/.test(range) && /[:/]/.test(range);
}

/** Whether a `file:` or `link:` range names a folder, and no archive of a package. */
export function isFolder(range: string): boolean {
  return /^(?:file|link|portal):/.test(range) && !/\.(?:tgz|tar\.gz|tar)(?:[#:]|$)/.test(range);
}

/** The package behind an alias: `npm:real@1.2.3`. */
export function aliasIn(range: string): { readonly name: string; readonly range: string } | undefined {
  const [, name, version = ''] = /^npm:((?:@[^/@]+\/)?[^/@]+)(?:@(.*))?$/.exec(range) ?? [];
  return name === undefined || /^[\d^~<>=*]/.test(name) ? undefined : { name, range: version };
}

/** A name and what follows it: `@scope/name@1.2.3`. */
export function splitAt(text: string): readonly [name: string, rest: string] | undefined {
  const at = text.indexOf('@', 1);
  return at === -1 ? undefined : [text.slice(0, at), text.slice(at + 1)];
}

/** Whether a place is so deep that what it needs is not looked for: each folder above it would be asked. */
export function isTooDeep(place: string): boolean {
  return place.length > 2048 || place.split('/').length > 64;
}
