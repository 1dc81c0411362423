import { createPathResolver } from '../canonical-path.ts';
import type { LayerResult } from '../layer-result.ts';
import { mergeTree } from '../merged-tree.ts';
import { sha1Digits } from './sums.ts';

/**
 * Layers with programs of which no SHA-1 was taken, by their number: all of them where a package database of the image keeps
 * the SHA-1 of a program or of a link for which there is none, else none of them. Pure.
 */
export function layersToSum(layers: readonly LayerResult[]): readonly number[] {
  const kept = pathsWithSha1(layers);
  if (kept.length === 0) return [];
  const resolver = createPathResolver(mergeTree(layers).symlinks);
  const canonical = (path: string): string => resolver.canonical(path) ?? path;
  const isKept = new Set(kept.map(canonical));
  const unsummed = layers.map(({ executables, contents }) =>
    (executables?.paths ?? []).filter((path) => contents?.programs[path] === undefined),
  );
  const all = new Set(unsummed.flat());
  const isMissed =
    [...all].some((path) => isKept.has(canonical(path))) ||
    layers.some(({ contents }) =>
      Object.entries(contents?.links ?? {}).some(([path, target]) => all.has(target) && isKept.has(canonical(path))),
    );
  return isMissed ? unsummed.flatMap((paths, index) => (paths.length > 0 ? [index] : [])) : [];
}

/** Paths as package databases write them. */
function pathsWithSha1(layers: readonly LayerResult[]): readonly string[] {
  const analyses = layers.flatMap(({ files }) => files.flatMap((file) => file.analyses));
  return analyses.flatMap(({ analysis }) =>
    (analysis.sums ?? []).flatMap(([path, digest]) => (digest.length === sha1Digits ? [path] : [])),
  );
}
