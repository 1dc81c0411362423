import type { Stats } from 'node:fs';
import { lstat, realpath } from 'node:fs/promises';
import { dirname } from 'node:path/posix';
import { Patience } from './patience.ts';

/** Folders of one path that are looked at. */
const deepest = 64;

/** What is asked of files. */
export interface PathFiles {
  readonly lstat: (path: string) => Promise<Pick<Stats, 'uid' | 'mode'>>;
  readonly realpath: (path: string) => Promise<string>;
}

/**
 * Components of paths that others than root may replace, `/srv 0777 (uid 0)`, each once; of what is not there its
 * folders. `undefined`: one of them could not be looked at, or not in time.
 */
export type LoosePaths = (paths: readonly string[]) => Promise<readonly string[] | undefined>;

/** Looks at each component once for all questions of one moment; `patience`: milliseconds for one question. */
export function openLoosePaths(patience: number, files: PathFiles = { lstat, realpath }): LoosePaths {
  const known = new Map<string, Looseness>();
  return async (paths) => {
    const limit = new Patience(patience);
    const found = new Set<string>();
    for (const path of paths) {
      const components = await limit.with(() => componentsOf(path, files));
      if (components === undefined) return undefined;
      for (const component of components) {
        const looseness = known.get(component) ?? (await limit.with(() => loosenessOf(component, files)));
        if (looseness === undefined || looseness.kind === 'unseen') return undefined;
        known.set(component, looseness);
        if (looseness.kind === 'loose') found.add(looseness.words);
      }
    }
    return [...found].toSorted();
  };
}

/** Of the path as it is written and of where its links lead. */
async function componentsOf(path: string, { realpath: real }: PathFiles): Promise<ReadonlySet<string>> {
  const leadsTo = await real(path).catch(() => path);
  return new Set([path, leadsTo].flatMap(foldersOf));
}

function foldersOf(path: string): readonly string[] {
  const folders: string[] = [];
  for (let at = path; at !== '/' && at !== '.' && folders.length < deepest; at = dirname(at)) folders.push(at);
  return [...folders, '/'];
}

type Looseness =
  | { readonly kind: 'unseen' }
  | { readonly kind: 'firm' }
  | { readonly kind: 'loose'; readonly words: string };

/** Links have no modes that count. */
async function loosenessOf(path: string, files: PathFiles): Promise<Looseness> {
  try {
    const { uid, mode } = await files.lstat(path);
    const isLink = (mode & 0o170000) === 0o120000;
    const isOpen = !isLink && (mode & 0o022) !== 0;
    if (uid === 0 && !isOpen) return { kind: 'firm' };
    return { kind: 'loose', words: `${path} ${(mode & 0o7777).toString(8).padStart(4, '0')} (uid ${uid})` };
  } catch (error) {
    return { kind: (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'firm' : 'unseen' };
  }
}
