import type { FileSink, LayerWatcher } from '#image/index.ts';
import { codeKindOf, isCodeName } from '../code-file.ts';
import { createFileDigester, type FileContent } from './digest-file.ts';
import { type LayerExecutables, type LayerLink, packLayer } from './layer-executables.ts';

/** Most executables of one layer, and of one image. */
export const mostExecutables = 200_000;
/** Characters that their paths and the names in them may have together. */
export const mostCharacters = 32 * 1024 * 1024;
/** Paths of other files that are kept, to know what they replace in layers below. */
const mostPlain = 1_000_000;

/** Gathers executables while a layer is read. */
export interface ExecutableCollector {
  readonly watcher: LayerWatcher;
  /**
   * Files whose hash is missed: a hard link to them counts as code by its name, and they do not by theirs. A second pass
   * with these as `also` has them.
   */
  missing(): ReadonlySet<string>;
  result(): LayerExecutables;
}

/** What lies under a path: code with its content, or anything else that is a file. */
type Held = FileContent | 'plain';

interface Collection {
  readonly held: Map<string, Held>;
  /** Content of files of `also` that are no code by their own name. */
  readonly aside: Map<string, FileContent>;
  readonly links: Map<string, LayerLink>;
  readonly missing: Set<string>;
  readonly also: ReadonlySet<string>;
  executables: number;
  characters: number;
  plain: number;
  isCut: boolean;
  isPlainCut: boolean;
}

export function createExecutableCollector(also: ReadonlySet<string> = new Set()): ExecutableCollector {
  const collection: Collection = {
    held: new Map(),
    aside: new Map(),
    links: new Map(),
    missing: new Set(),
    also,
    executables: 0,
    characters: 0,
    plain: 0,
    isCut: false,
    isPlainCut: false,
  };
  return {
    watcher: watcherOf(collection),
    missing: () => collection.missing,
    result: () => packLayer(collection),
  };
}

function watcherOf(collection: Collection): LayerWatcher {
  const digester = createFileDigester();
  let current = { path: '', mode: 0 };
  const sink: FileSink = {
    write: (chunk) => digester.write(chunk),
    end() {
      const { path, mode } = current;
      const content = digester.end();
      hold(collection, path, content !== undefined && codeKindOf(path, mode, content.head) ? content : 'plain');
      if (content !== undefined && collection.also.has(path)) collection.aside.set(path, content);
    },
  };
  return {
    file(path, size, mode) {
      release(collection, path);
      current = { path, mode };
      digester.start({ path, size, mode, isForced: collection.also.has(path) });
      return sink;
    },
    hardLink(path, target) {
      release(collection, path);
      if (path !== target) holdLink(collection, path, target);
    },
    other: (path) => release(collection, path),
  };
}

/** A link has the content that its target had when it was made, whatever lies there later. */
function holdLink(collection: Collection, path: string, target: string): void {
  const { held, aside, links, missing } = collection;
  const found = held.get(target);
  const content = found === undefined || found === 'plain' ? aside.get(target) : found;
  if (content !== undefined) {
    const isCode = codeKindOf(path, content.mode, content.head) !== undefined;
    return hold(collection, path, isCode ? content : 'plain');
  }
  if (found === 'plain') {
    if (isCodeName(path)) missing.add(target);
    return hold(collection, path, 'plain');
  }
  const first = links.get(target);
  links.set(path, { path, target: first?.target ?? target });
}

function hold(collection: Collection, path: string, held: Held): void {
  if (held === 'plain') {
    collection.isPlainCut ||= collection.plain >= mostPlain;
    if (collection.isPlainCut) return;
    collection.plain += 1;
  } else {
    const characters = path.length + held.characters;
    collection.isCut ||=
      collection.executables >= mostExecutables || collection.characters + characters > mostCharacters;
    if (collection.isCut) return hold(collection, path, 'plain');
    collection.executables += 1;
    collection.characters += characters;
  }
  collection.held.set(path, held);
}

/** What was under this path is there no more. */
function release({ held, aside, links }: Collection, path: string): void {
  held.delete(path);
  aside.delete(path);
  links.delete(path);
}
