import { asFields, textIn } from '../fields.ts';
import { aliasIn, isElsewhere, isFolder, type Locked, type LockFile, splitAt, wantedIn } from './lock-file.ts';
import { readLockYaml } from './lock-yaml.ts';

/** `yarn.lock` of Yarn 1 in its own format, and of Yarn 2 to 4 in YAML. */
export async function readYarnLock(text: string): Promise<LockFile | string> {
  return /^__metadata:/m.test(text) ? await readBerryLock(text) : readFirstLock(text);
}

interface Entry {
  readonly descriptors: readonly string[];
  version?: string;
  resolved?: string;
  readonly wants: [name: string, range: string][];
}

/** Yarn 1: blocks of a line that names what was asked for, and lines of what answers it. It tells nothing of development. */
function readFirstLock(text: string): LockFile | string {
  // An empty one marks the top of a project for Yarn 2.
  if (text.trim() !== '' && !/^# yarn lockfile v1\r?$/m.test(text)) return 'it is not of Yarn';
  const entries = entriesIn(text);
  if (typeof entries === 'string') return entries;
  const found = answersIn(entries.map(({ descriptors }) => ({ key: descriptors[0] ?? '', descriptors })));
  const lock = new Map<string, Locked>();
  for (const one of entries) {
    const [key = ''] = one.descriptors;
    const [name, range] = splitAt(key) ?? [key, ''];
    if (one.version === undefined) return `nothing tells the version of ${key.slice(0, 200)}`;
    const alias = aliasIn(range);
    const isOwn = one.resolved === undefined && isFolder(range);
    lock.set(key, {
      name: alias?.name ?? name,
      version: one.version,
      origin: isOwn ? 'project' : isElsewhere(range) ? 'elsewhere' : 'registry',
      isAlias: alias !== undefined,
      needs: one.wants.flatMap(([wanted, inRange]) => found(wanted, inRange)),
    });
  }
  return lock;
}

const longestLine = 65_536;

/** In one pass over the lines: two spaces before what is said of a package, four before what it needs. */
function entriesIn(text: string): readonly Entry[] | string {
  const entries: Entry[] = [];
  let isNeeded = false;
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.trimEnd();
    if (line.length > longestLine) return `line ${index + 1} has more than ${longestLine} characters`;
    const indent = line.length - line.trimStart().length;
    if (line === '' || line.startsWith('#')) continue;
    const words = wordsIn(line.trimStart());
    const [first, second = ''] = words ?? [];
    const entry = entries.at(-1);
    if (first === undefined || (indent > 0 && entry === undefined)) return `line ${index + 1} is not as Yarn writes it`;
    if (indent === 0) {
      if (!line.endsWith(':')) return `line ${index + 1} is not as Yarn writes it`;
      entries.push({ descriptors: words ?? [], wants: [] });
      isNeeded = false;
    } else if (indent > 2) {
      if (isNeeded) entry?.wants.push([first, second]);
    } else {
      isNeeded = /^(?:optionalD|d)ependencies$/.test(first);
      if (first === 'version' && entry !== undefined) entry.version = second;
      if (first === 'resolved' && entry !== undefined) entry.resolved = second;
    }
  }
  return entries;
}

/** Words of a line, with commas between them and a colon behind them; in quotes where they hold more than letters. */
function wordsIn(line: string): readonly string[] | undefined {
  const words: string[] = [];
  const pattern = /"((?:[^"\\]|\\.)*)"|([^\s",:][^\s",]*)|[\s,:]+/y;
  while (pattern.lastIndex < line.length) {
    const found = pattern.exec(line);
    if (found === null) return undefined;
    const word = found[1]?.replaceAll(/\\(.)/g, '$1') ?? found[2]?.replace(/:$/, '');
    if (word !== undefined) words.push(word);
  }
  return words;
}

/** Yarn 2 to 4: what answers a request is named by its `resolution`: `name@npm:1.2.3`. */
async function readBerryLock(text: string): Promise<LockFile | string> {
  const documents = await readLockYaml(text);
  if (typeof documents === 'string') return documents;
  const entries = Object.entries(documents[0] ?? {}).flatMap(([key, value]) => {
    const one = asFields(value);
    return one === undefined || key === '__metadata' ? [] : [{ key, one }];
  });
  const found = answersIn(entries.map(({ key }) => ({ key, descriptors: key.split(', ') })));
  if (!entries.some(({ key }) => /@workspace:\.(?:,|$)/.test(key)))
    return 'it does not list the project, and may be cut off';
  const lock = new Map<string, Locked>();
  for (const { key, one } of entries) {
    const resolution = splitAt(textIn(one, 'resolution') ?? '');
    const version = textIn(one, 'version');
    if (resolution === undefined || version === undefined) return `nothing tells what ${key.slice(0, 200)} is`;
    const [name, reference] = resolution;
    lock.set(key, {
      name,
      version,
      origin: originOf(reference),
      isAlias: !key.startsWith(`${name}@`),
      needs: wantedIn(one, ['dependencies']).flatMap(([wanted, range]) => found(wanted, range)),
    });
  }
  return lock;
}

/** What answers a request for a package. Yarn writes `npm:` before ranges since version 4 only. */
type Answers = (name: string, range: string) => readonly string[];

/** A request that `resolutions` of the project changed is not among those answered: what has its name answers, if it is one. */
function answersIn(entries: readonly { readonly key: string; readonly descriptors: readonly string[] }[]): Answers {
  const byRequest = new Map<string, string>();
  const byName = new Map<string, Set<string>>();
  for (const { key, descriptors } of entries)
    for (const descriptor of descriptors) {
      byRequest.set(descriptor, key).set(withoutBinding(descriptor), key);
      const name = splitAt(descriptor)?.[0] ?? descriptor;
      byName.set(name, (byName.get(name) ?? new Set()).add(key));
    }
  return (name, range) => {
    const found = byRequest.get(`${name}@${range}`) ?? byRequest.get(`${name}@npm:${range}`);
    if (found !== undefined) return [found];
    const named = byName.get(name);
    return named === undefined ? [`${name}@${range}`] : named.size === 1 ? [...named] : [];
  };
}

/** A file of the project is named with the part of the project that asks for it: `near@file:./near::locator=shop…`. */
function withoutBinding(descriptor: string): string {
  const at = descriptor.indexOf('::');
  return at === -1 ? descriptor : descriptor.slice(0, at);
}

/** Where a package is from; one that is patched is what was patched: `patch:fsevents@npm%3A2.3.2#…`. */
export function originOf(reference: string): Locked['origin'] {
  if (reference.startsWith('npm:') || /^patch:.[^@]*@npm(?::|%3A)/i.test(reference)) return 'registry';
  return /^(?:workspace|link|portal):/.test(reference) || isFolder(reference) ? 'project' : 'elsewhere';
}
