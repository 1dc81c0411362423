import { type Analyzer, type Asked, clean, type Ecosystem, ecosystemOf, ecosystems } from '#ecosystems/index.ts';
import { type Fault, folderOf } from '#image/index.ts';
import type { MergedFile, MergedTree } from './merged-tree.ts';

interface Manifest {
  readonly path: string;
  readonly folder: string;
  readonly layer: number;
  readonly asked: Asked;
  readonly reader: Analyzer;
}

/** `named`: faults one by one; `folders`: those above a manifest; `lookups`: of names, before all left count as not found. */
const most = { named: 50, folders: 100, lookups: 4_000_000 };

/**
 * Manifests whose packages nothing tells the versions of. What answers is a lock file in the same folder. Else each name must
 * be found: in a lock file of a folder above, as in a workspace, or among what is installed for this manifest or one above.
 */
export function unlockedManifests({ files }: Pick<MergedTree, 'files'>): readonly Fault[] {
  const found = [...manifestsIn(files)].flatMap(([one, manifests]) => faultsOf(one, manifests, files));
  const faults = found.toSorted((left, right) => depthOf(left) - depthOf(right));
  const weighty = faults.filter(({ code }) => code === 'unlocked-manifest');
  const light = faults.filter(({ code }) => code !== 'unlocked-manifest');
  return [...cut(weighty), ...cut(light)];
}

/** The project's own manifests come first. */
function depthOf({ path = '' }: Fault): number {
  return path.split('/').length;
}

function cut(faults: readonly Fault[]): readonly Fault[] {
  const rest = faults.length - most.named;
  const [first] = faults;
  if (rest <= 0 || first === undefined) return faults;
  const message = `${rest} more manifests ask for packages, and nothing tells what is taken.`;
  return [...faults.slice(0, most.named), { code: first.code, message, count: rest }];
}

const readers = new Map(
  ecosystems.flatMap((one) => one.readers.map((reader) => [reader.id, { one, reader }] as const)),
);

function manifestsIn(files: MergedTree['files']): ReadonlyMap<Ecosystem, readonly Manifest[]> {
  const found = new Map<Ecosystem, Manifest[]>();
  for (const { path, layer, analyses } of files.values())
    for (const { analyzer, analysis } of analyses) {
      const known = readers.get(analyzer);
      if (analysis.asks === undefined || known === undefined) continue;
      const { one, reader } = known;
      const manifest = { path, folder: folderOf(path), layer, asked: analysis.asks, reader };
      const others = found.get(one);
      if (others === undefined) found.set(one, [manifest]);
      else others.push(manifest);
    }
  return found;
}

function faultsOf(one: Ecosystem, all: readonly Manifest[], files: MergedTree['files']): readonly Fault[] {
  const asking = all.filter(({ asked }) => asked.names.length + asked.others > 0 || asked.problem !== undefined);
  if (asking.length === 0) return [];
  const key = keyOf(one);
  const found = foundIn(files, { one, asking, key });
  const owns = new Set(all.flatMap(({ asked }) => (asked.own === undefined ? [] : [key(asked.own)])));
  const folders = new Set(asking.map(({ folder }) => folder));
  let lookups = 0;
  return asking.flatMap((manifest) => {
    const { folder, asked, reader } = manifest;
    const locked = found.locks.get(reader);
    if (locked?.has(folder) === true) return [];
    const above = foldersFrom(folder);
    const sets = above.flatMap((each) => found.names.get(each) ?? []);
    lookups += asked.names.length * (sets.length + 1);
    const isFound = (name: string): boolean => {
      const own = key(name);
      return owns.has(own) || sets.some((names) => names.has(own) || names.has(withoutGroup(own)));
    };
    const missing = lookups > most.lookups ? asked.names : asked.names.filter((name) => !isFound(name));
    if (missing.length + asked.others === 0 && asked.problem === undefined) return [];
    const parent = above.slice(1).find((each) => folders.has(each) || locked?.has(each) === true);
    return [faultOf(manifest, missing, parent !== undefined && isAside(folder, parent))];
  });
}

interface Found {
  /** Names of packages by the folder that they are found for. */
  readonly names: ReadonlyMap<string, ReadonlySet<string>>;
  /** Folders of lock files, by the reader of the manifests that they answer for. */
  readonly locks: ReadonlyMap<Analyzer, ReadonlySet<string>>;
}

interface Wanted {
  readonly one: Ecosystem;
  readonly asking: readonly Manifest[];
  readonly key: (name: string) => string;
}

/** A lock file is found for its folder, all else for the nearest folder above that has a manifest. */
function foundIn(files: MergedTree['files'], { one, asking, key }: Wanted): Found {
  const names = new Map<string, Set<string>>();
  const byReader = new Map(one.readers.filter((each) => each.answeredBy).map((each) => [each, new Set<string>()]));
  const folders = new Set(asking.map(({ folder }) => folder));
  const isManifest = (analyzer: string): boolean => readers.get(analyzer)?.reader.answeredBy !== undefined;
  for (const file of files.values()) {
    let ofLock: string | undefined;
    for (const [{ answeredBy }, locks] of byReader) {
      const at = answeredBy?.exec(file.path)?.index;
      if (at === undefined) continue;
      ofLock = file.path.slice(0, at);
      locks.add(ofLock);
    }
    const keys = file.packages.flatMap(({ found }) =>
      ecosystemOf(found.type) === one && !isManifest(found.foundBy.analyzer) ? [key(found.name)] : [],
    );
    if (keys.length === 0) continue;
    const place = ofLock ?? nearest(file, folders);
    const known = names.get(place) ?? new Set();
    names.set(place, known);
    for (const name of keys) known.add(name);
  }
  return { names, locks: byReader };
}

function nearest({ path }: MergedFile, folders: ReadonlySet<string>): string {
  const own = folderOf(path);
  let at = own;
  for (let step = 0; step < most.folders && !folders.has(at); step++) {
    if (at === '') return own;
    at = folderOf(at);
  }
  return folders.has(at) ? at : own;
}

/** This folder and those above it, the top last. */
function foldersFrom(folder: string): readonly string[] {
  const all = [folder];
  for (let at = folder; at !== '' && all.length < most.folders; all.push(at)) at = folderOf(at);
  return all;
}

function keyOf(one: Ecosystem): (name: string) => string {
  return (name) => ('registryName' in one ? (one.registryName?.(name) ?? name) : name).toLowerCase();
}

/** A jar that states no coordinates is called by its file alone. */
function withoutGroup(name: string): string {
  return name.slice(name.lastIndexOf(':') + 1);
}

const aside =
  /(?:^|\/)(?:__\w+__|(?:\w+[-_])?tests?|testing|testdata|test[-_][\w-]+|fixtures?|(?:\w+[-_])?examples?|samples?|e2e|specs?|demos?|docs?|templates?|bench|benchmarks?|playgrounds?)(?:\/|$)/i;

/** Whether it is of a test, an example or a template of the project above. */
function isAside(folder: string, parent: string): boolean {
  return aside.test(folder.slice(parent.length));
}

function faultOf({ path, layer, asked, reader }: Manifest, missing: readonly string[], isLight: boolean): Fault {
  const code = isLight ? 'unidentified-package' : 'unlocked-manifest';
  return { code, message: messageOf(path, asked, missing), path, layer, analyzer: reader.id };
}

/** Longest name that file systems take (NAME_MAX); an archive may have others, and messages are bounded. */
const longestName = 255;

function messageOf(
  path: string,
  { names, others, problem, command, isVersioned }: Asked,
  missing: readonly string[],
): string {
  const base = clean(path.slice(path.lastIndexOf('/') + 1), longestName);
  const advice = `run ${command} in its folder, then scan again.`;
  if (problem !== undefined)
    return `What ${base} asks for is unknown, and no lock file tells it: ${problem}. Mend it, or ${advice}`;
  const all = names.length + others;
  const open = missing.length + others;
  const count = all === 1 ? 'one package' : `${all} packages`;
  return `${base} asks for ${count}, and no lock file or installed package tells ${isVersioned ? brought(all) : versionsOf(all, open, missing[0])}: ${advice}`;
}

function brought(all: number): string {
  return all === 1 ? 'what it brings' : 'what they bring';
}

function versionsOf(all: number, open: number, first: string | undefined): string {
  if (all === 1) return 'its version';
  if (open === all) return 'their versions';
  return `the versions of ${open} of them${first === undefined ? '' : `, such as ${first}`}`;
}
