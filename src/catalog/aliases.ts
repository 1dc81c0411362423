import type { Analyzer } from '#ecosystems/index.ts';
import { folderOf } from '#image/index.ts';
import { createPathResolver } from './canonical-path.ts';
import type { Alias, LayerResult } from './layer-result.ts';
import { mergeTree } from './merged-tree.ts';

/** Most files and folders that are read under another name; beyond them links lead to nothing. */
export const mostAliases = 1000;

/** An alias may lead to a link again, such as a linked database in a linked folder. */
const mostRounds = 4;

/**
 * Files and folders that analyzers would read under the name of a symbolic link of the image, and do not under their
 * own: package databases in other places, linked packages, archives without an ending. Layers are to be read again with
 * these names. One more than `mostAliases` where there are more.
 */
export function aliasesOf(layers: readonly LayerResult[], analyzers: readonly Analyzer[]): readonly Alias[] {
  const { symlinks } = mergeTree(layers);
  const resolver = createPathResolver(symlinks);
  const ways = analyzers.flatMap((reader) => ['', ...(reader.below ?? [])].map((ending) => ({ reader, ending })));
  const found = new Map<string, Alias>();
  const look = (to: string, { reader, ending }: Way): void => {
    const from = resolver.real(to);
    if (from === undefined || from === '' || from === to || found.has(from)) return;
    if (!isWanted(from + ending, reader)) found.set(from, { from, to });
  };
  for (const reader of analyzers) for (const { place, probe } of reader.places) look(place, { reader, ending: probe });
  for (let round = 0, before = -1; round < mostRounds && found.size > before; round += 1) {
    before = found.size;
    const nameOf = nameByAlias([...found.values()]);
    for (const path of symlinks.keys()) {
      if (found.size > mostAliases) break;
      const name = nameOf(path);
      const way = ways.find(({ reader, ending }) => isWanted(name + ending, reader));
      if (way === undefined) continue;
      const from = resolver.real(path);
      if (from === undefined || from === '' || found.has(from)) continue;
      if (isWanted(nameOf(from) + way.ending, way.reader)) continue;
      found.set(from, { from, to: name });
    }
  }
  return [...found.values()];
}

/** What an analyzer wants, at a link or below it. */
interface Way {
  readonly reader: Analyzer;
  readonly ending: string;
}

function isWanted(path: string, reader: Analyzer): boolean {
  return reader.wants(path, 1, 0o644);
}

/** Answers the name by which analyzers know a path: that of the nearest folder above it that has an alias. */
export function nameByAlias(aliases: readonly Alias[]): (path: string) => string {
  if (aliases.length === 0) return (path) => path;
  const names = new Map(aliases.map(({ from, to }) => [from, to]));
  return (path) => {
    for (let at = path; at !== ''; at = folderOf(at)) {
      const to = names.get(at);
      if (to !== undefined) return to + path.slice(at.length);
    }
    return path;
  };
}
