import { dirname, join, normalize } from 'node:path';
import type { SourceFile } from './source-files.ts';

export type Graph = ReadonlyMap<string, readonly string[]>;

/** What each TypeScript file imports or hands on, types among it. */
export function importsOfTypeScript(files: readonly SourceFile[]): Graph {
  const pattern = /^\s*(?:import|export)\s+(?:[^'"`;]*?\sfrom\s+)?'([^']+)'|import\('([^']+)'\)/gm;
  const known = new Set(files.map(({ path }) => path));
  const target = (from: string, name: string): string =>
    name.startsWith('#') ? `src/${name.slice(1)}` : normalize(join(dirname(from), name));
  return graphOf(files, ({ path, text }) =>
    [...text.matchAll(pattern)].map((match) => target(path, match[1] ?? match[2] ?? '')).filter((to) => known.has(to)),
  );
}

/** What each C file includes; a file and the header of its name are one module. */
export function includesOfC(files: readonly SourceFile[]): Graph {
  const known = new Set(files.map(({ path }) => moduleOf(path)));
  return graphOf(
    files,
    ({ path, text }) =>
      [...text.matchAll(/^#include "([^"]+)"/gm)]
        .map((match) => moduleOf(normalize(join(dirname(path), match[1] ?? ''))))
        .filter((to) => known.has(to) && to !== moduleOf(path)),
    moduleOf,
  );
}

function moduleOf(path: string): string {
  return path.replace(/\.[ch]$/, '');
}

function graphOf(
  files: readonly SourceFile[],
  targets: (file: SourceFile) => readonly string[],
  name: (path: string) => string = (path) => path,
): Graph {
  const graph = new Map<string, readonly string[]>();
  for (const file of files) {
    const from = name(file.path);
    graph.set(from, [...new Set([...(graph.get(from) ?? []), ...targets(file)])]);
  }
  return graph;
}

/** One circle for each group of modules that reach each other: the shortest way from its first module back to it. */
export function circlesOf(graph: Graph): readonly (readonly string[])[] {
  const done = new Set<string>();
  const circles: (readonly string[])[] = [];
  for (const start of [...graph.keys()].toSorted()) {
    const circle = done.has(start) ? undefined : wayBack(graph, start);
    if (circle === undefined) continue;
    circles.push(circle);
    for (const module of circle) done.add(module);
  }
  return circles;
}

function wayBack(graph: Graph, start: string): readonly string[] | undefined {
  const cameFrom = new Map<string, string>();
  const waiting = [start];
  for (let at = waiting.shift(); at !== undefined; at = waiting.shift())
    for (const next of graph.get(at) ?? []) {
      if (next === start) return [...wayTo(cameFrom, start, at), start];
      if (cameFrom.has(next)) continue;
      cameFrom.set(next, at);
      waiting.push(next);
    }
  return undefined;
}

function wayTo(cameFrom: ReadonlyMap<string, string>, start: string, end: string): readonly string[] {
  const way = [end];
  for (let at = end; at !== start; ) {
    at = cameFrom.get(at) ?? start;
    way.unshift(at);
  }
  return way;
}
