import { asFields, type Fields, textIn } from '../fields.ts';
import { type Locked, type LockFile, splitAt, wantedIn } from './lock-file.ts';
import { readLockYaml } from './lock-yaml.ts';

/**
 * `pnpm-lock.yaml` in the versions 5 to 9 (https://github.com/pnpm/spec/tree/master/lockfile). Version 9 keeps what
 * packages are (`packages`) apart from what each needs with which peers (`snapshots`).
 */
export async function readPnpmLock(text: string): Promise<LockFile | string> {
  const documents = await readLockYaml(text);
  if (typeof documents === 'string') return documents;
  if (documents.every((one) => one['lockfileVersion'] === undefined)) return 'it does not state its version';
  const lock = new Map<string, Locked>();
  for (const [index, document] of documents.entries()) {
    const problem = addDocument(document, lock, index);
    if (problem !== undefined) return problem;
  }
  return lock;
}

/** Since pnpm 11 a document of its own may list what runs the project's tools: `configDependencies` and pnpm itself. */
const ofDevelopment = ['devDependencies', 'configDependencies', 'packageManagerDependencies'];
const toRun = ['dependencies', 'optionalDependencies'];

function addDocument(document: Fields, lock: Map<string, Locked>, index: number): string | undefined {
  const packages = asFields(document['packages']) ?? {};
  const snapshots = asFields(document['snapshots']) ?? {};
  const told = new Set(Object.keys(snapshots).map(withoutPeers));
  // A package whose needs are not told is listed all the same.
  const all = [...Object.entries(packages).filter(([path]) => !told.has(path)), ...Object.entries(snapshots)];
  const keys = new Set(all.map(([path]) => path));
  const keyOf = (path: string): string => (index === 0 ? path : `${path} of document ${index + 1}`);
  const found = (wanted: readonly (readonly [string, string])[]): readonly string[] =>
    wanted
      .filter(([, range]) => !range.startsWith('link:'))
      .map(([name, range]) => keyOf(candidates(name, range).find((path) => keys.has(path)) ?? `${name}@${range}`));
  for (const [path, snapshot] of all) {
    const own = asFields(packages[path]) ?? asFields(packages[withoutPeers(path)]) ?? {};
    const named = packageOf(path, own);
    if (named === undefined) return `nothing tells what ${path.slice(0, 200)} is`;
    lock.set(keyOf(path), { ...named, needs: found(wantedIn(asFields(snapshot) ?? {}, toRun)) });
  }
  // A project without others is its lock file's only one.
  const importers = asFields(document['importers']) ?? { '.': document };
  for (const [folder, value] of Object.entries(importers)) {
    const importer = asFields(value) ?? {};
    lock.set(keyOf(`importer ${folder}`), {
      name: folder,
      version: undefined,
      origin: 'project',
      isAlias: false,
      needs: found(versionsIn(importer, toRun)),
      needsToDevelop: found(versionsIn(importer, ofDevelopment)),
    });
  }
  return undefined;
}

/** What a project wants; since version 6 each is an object that states the version beside what was asked for. */
function versionsIn(importer: Fields, fields: readonly string[]): readonly (readonly [string, string])[] {
  return fields.flatMap((field) =>
    Object.entries(asFields(importer[field]) ?? {}).map(([name, value]) => {
      const version = asFields(value)?.['version'] ?? value;
      return [name, typeof version === 'string' ? version : ''] as const;
    }),
  );
}

/** Where a package may stand that is wanted by name in a version: an alias and what is of no registry name the place. */
function candidates(name: string, version: string): readonly string[] {
  return [version, `${name}@${version}`, `/${name}@${version}`, `/${name}/${version}`];
}

/** `react-dom@18.2.0(react@18.2.0)`; versions 5 write `/react-dom/18.2.0_react@18.2.0`. */
function withoutPeers(path: string): string {
  const open = path.indexOf('(');
  return open === -1 ? path : path.slice(0, open);
}

/** Versions 5: `/@scope/name/1.2.3_peer@4.5.6`, with the host before it where another registry serves it. */
const ofVersion5 = /^[^/@]*\/((?:@[^/]+\/)?[^/@]+)\/(\d[^/_]*)(?:_.*)?$/;
/** Later ones: `/@scope/name@1.2.3`, since version 9 without the slash. */
const later = /^(?:[^/@]*\/)?((?:@[^/]+\/)?[^/@]+)@(\d[^/@]*)$/;

/** What a path names: by its fields where it is of no registry, else by itself. */
function packageOf(path: string, own: Fields): Omit<Locked, 'needs'> | undefined {
  const place = withoutPeers(path);
  const split = splitAt(place);
  const name = textIn(own, 'name') ?? split?.[0];
  const version = textIn(own, 'version');
  const isOwn = asFields(own['resolution'])?.['type'] === 'directory';
  if (isOwn) return { name: name ?? place, version, origin: 'project', isAlias: false };
  if (version !== undefined && name !== undefined) return { name, version, origin: 'elsewhere', isAlias: false };
  const [, named, inVersion] = ofVersion5.exec(place) ?? later.exec(place) ?? [];
  if (named !== undefined) return { name: named, version: inVersion, origin: 'registry', isAlias: false };
  return name === undefined ? undefined : { name, version, origin: 'elsewhere', isAlias: false };
}
