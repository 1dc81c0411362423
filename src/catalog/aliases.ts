import type { Analyzer } from '#ecosystems/index.ts';
import { folderOf } from '#image/index.ts';
import { createPathResolver } from './canonical-path.ts';
import type { Alias, LayerResult } from './layer-result.ts';
import { mergeTree } from './merged-tree.ts';

/** Most files and folders that are read under another name; beyond them links lead to nothing. */
export const mostAliases = 1000;
/** Most names of one path: every file of a linked folder in a linked folder is asked about by all of them. */
const mostNames = 32;

/** An alias may lead to a link again, such as a linked database in a linked folder. */
const mostRounds = 4;

/**
 * Files and folders that analyzers would read under the name of a symbolic link of the image, and do not under any name
 * that they have already: package databases in other places, linked packages, archives without an ending. One may get
 * several names, each for another analyzer. Layers are to be read again with these names.
 */
export function aliasesOf(layers: readonly LayerResult[], analyzers: readonly Analyzer[]): FoundAliases {
  const { symlinks } = mergeTree(layers);
  const resolver = createPathResolver(symlinks);
  const ways = analyzers.flatMap((reader) => ['', ...(reader.below ?? [])].map((ending) => ({ reader, ending })));
  const found = new AliasList();
  const look = (link: string, to: string, leading: readonly Way[]): void => {
    const wanted = leading.filter(({ reader, ending }) => isWanted(to + ending, reader));
    if (wanted.length === 0) return;
    const from = resolver.real(link);
    if (from === undefined || from === to) return;
    const names = found.namesOf(from);
    const isNew = ({ reader, ending }: Way): boolean => !names.some((name) => isWanted(name + ending, reader));
    if (wanted.some(isNew)) found.add({ from, to });
  };
  for (const reader of analyzers)
    for (const { place, probe } of reader.places) look(place, place, [{ reader, ending: probe }]);
  for (let round = 0, before = -1; round < mostRounds && found.size > before; round += 1) {
    before = found.size;
    for (const path of symlinks.keys()) {
      for (const name of found.namesOf(path)) if (found.size <= mostAliases) look(path, name, ways);
    }
  }
  return { aliases: found.all().slice(0, mostAliases), isCut: found.isCut() };
}

/** `isCut`: more links lead to packages than are followed. */
export interface FoundAliases {
  readonly aliases: readonly Alias[];
  readonly isCut: boolean;
}

/** What an analyzer wants, at a link or below it. */
interface Way {
  readonly reader: Analyzer;
  readonly ending: string;
}

function isWanted(path: string, reader: Analyzer): boolean {
  return reader.wants(path, 1, 0o644);
}

class AliasList {
  readonly #all: Alias[] = [];
  readonly #names = new Map<string, string[]>();

  get size(): number {
    return this.#all.length;
  }

  add(alias: Alias): void {
    this.#all.push(alias);
    const names = this.#names.get(alias.from);
    if (names === undefined) this.#names.set(alias.from, [alias.to]);
    else names.push(alias.to);
  }

  all(): readonly Alias[] {
    return this.#all;
  }

  isCut(): boolean {
    return this.size > mostAliases || this.#all.some(({ from }) => this.namesOf(from).length >= mostNames);
  }

  /** Its own name first, then those by the folders above it that have others, the nearest first. */
  namesOf(path: string): readonly string[] {
    const names = [path];
    if (this.#all.length === 0) return names;
    for (let at = path; ; at = folderOf(at)) {
      const rest = at === '' && path !== '' ? `/${path}` : path.slice(at.length);
      for (const to of this.#names.get(at) ?? []) names.push(to + rest);
      if (at === '' || names.length >= mostNames) return names.slice(0, mostNames);
    }
  }
}

/** Answers the names by which analyzers know a path, its own first: what lies below a linked folder has several. */
export function namesByAlias(aliases: readonly Alias[]): (path: string) => readonly string[] {
  const list = new AliasList();
  for (const alias of aliases) list.add(alias);
  return (path) => list.namesOf(path);
}
