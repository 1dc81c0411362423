import { parseJsonWithin } from '#base/index.ts';
import { asFields, type Fields, textIn } from '../fields.ts';
import { isElsewhere, isFolder, isTooDeep, type Locked, type LockFile, wantedIn } from './lock-file.ts';
import { lookedIn } from './place.ts';

/** The largest that are published have some 10,000 packages of 20 values each. */
const limits = { bytes: 64 * 1024 ** 2, tokens: 4_000_000, depth: 1000 };

/**
 * `package-lock.json` and `npm-shrinkwrap.json` in the versions 1 to 3 (docs.npmjs.com, package-lock-json): what
 * `npm ci --omit=dev` installs. Why not, where it is none.
 */
export function readPackageLock(text: string): LockFile | string {
  const read = parseJsonWithin(text.startsWith('\ufeff') ? text.slice(1) : text, limits);
  if (read.kind !== 'read') return read.why;
  const lock = asFields(read.value);
  if (lock === undefined) return 'it is no object';
  if (lock['packages'] === undefined && lock['dependencies'] === undefined && lock['lockfileVersion'] === undefined)
    return 'it states neither packages nor its version';
  const folders = foldersOf(lock);
  return typeof folders === 'string' ? folders : lockOf(folders);
}

/** By folder, as versions 2 and 3 list them: `node_modules/a/node_modules/@b/c`. Others are the project's own. */
type Folders = ReadonlyMap<string, Fields>;

function foldersOf(lock: Fields): Folders | string {
  const packages = asFields(lock['packages']);
  if (packages === undefined) return treeOf(lock);
  return new Map(
    Object.entries(packages).flatMap(([folder, value]) => {
      const one = asFields(value);
      return one === undefined ? [] : [[folder, one] as const];
    }),
  );
}

/** Characters of the folders of version 1 together: packages in each other have long ones. */
const mostOfFolders = 16 * 1024 ** 2;

/** Version 1 nests what is installed below a package into it, and calls `requires` what the others call `dependencies`. */
function treeOf(lock: Fields): Folders | string {
  let characters = 0;
  const folders = new Map<string, Fields>();
  const waiting: { readonly above: string; readonly one: Fields }[] = [{ above: '', one: lock }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    for (const [name, value] of Object.entries(asFields(next.one['dependencies']) ?? {})) {
      const one = asFields(value);
      if (one === undefined) continue;
      const folder = `${next.above}node_modules/${name}`;
      characters += folder.length;
      if (characters > mostOfFolders) return 'it holds too many packages in each other';
      folders.set(folder, { ...one, dependencies: one['requires'] });
      waiting.push({ above: `${folder}/`, one });
    }
  }
  return folders;
}

const toRun = ['dependencies', 'optionalDependencies', 'peerDependencies'];

function lockOf(folders: Folders): LockFile {
  const lock = new Map<string, Locked>();
  const fromElsewhere = new Set<string>();
  for (const [folder, one] of folders) {
    if (one['dev'] === true || one['link'] === true) continue;
    const places = isTooDeep(folder) ? [] : lookedIn(folder);
    const needs = wantedIn(one, toRun).flatMap(([name, range]) => {
      const found = places.find((place) => folders.has(`${place}${name}`));
      if (found === undefined || folders.get(`${found}${name}`)?.['dev'] === true) return [];
      if (isElsewhere(range)) fromElsewhere.add(`${found}${name}`);
      return [targetOf(`${found}${name}`, folders)];
    });
    lock.set(folder, { ...packageOf(folder, one), needs });
  }
  for (const folder of fromElsewhere) {
    const one = lock.get(folder);
    if (one?.origin === 'registry') lock.set(folder, { ...one, origin: 'elsewhere' });
  }
  return lock;
}

/** A part of the project is linked into `node_modules`. */
function targetOf(folder: string, folders: Folders): string {
  const one = folders.get(folder);
  return one?.['link'] === true ? (textIn(one, 'resolved') ?? folder) : folder;
}

/** An alias states the real name: `npm:real@1.2.3` in version 1, `name` later. */
function packageOf(folder: string, one: Fields): Omit<Locked, 'needs'> {
  const installedAs = /(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/]+)$/.exec(folder)?.[1];
  const stated = textIn(one, 'version');
  const alias = /^npm:(.+)@([^@]+)$/.exec(stated ?? '');
  const version = alias?.[2] ?? stated;
  const name = alias?.[1] ?? textIn(one, 'name') ?? installedAs ?? '';
  const isVersion = version !== undefined && /^\d/.test(version);
  const license = textIn(one, 'license');
  return {
    name,
    version: isVersion ? version : undefined,
    origin: installedAs === undefined ? 'project' : originOf(isVersion, textIn(one, 'resolved') ?? version ?? ''),
    isAlias: name !== installedAs,
    ...(license !== undefined && { licenses: [license] }),
  };
}

/** Version 1 states an address in the place of a version. That of a registry tells nothing: each has its own. */
function originOf(isVersion: boolean, from: string): Locked['origin'] {
  if (isFolder(from)) return 'project';
  return isVersion && !/^(?!https?:)[^:]+:/.test(from) ? 'registry' : 'elsewhere';
}
