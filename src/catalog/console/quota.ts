import type { Catalog, Package } from '../contract.ts';
import { limits } from '../limits.ts';

/** What of a catalog goes beyond what one image may hold, as sentences that name the field; empty when nothing does. */
export function excessesIn({ packages }: Pick<Catalog, 'packages'>): readonly string[] {
  const most = limits.packages.value;
  if (packages.length > most) return [`catalog.packages: ${packages.length} packages; an image may have ${most}`];
  return [...sourceExcess(packages), ...pathExcess(packages)];
}

function sourceExcess(packages: readonly Package[]): readonly string[] {
  const most = limits.packagesOfSource.value;
  const counts = new Map<string, number>();
  for (const { source } of packages) {
    if (source !== undefined) counts.set(source.name, (counts.get(source.name) ?? 0) + 1);
  }
  return [...counts]
    .filter(([, count]) => count > most)
    .slice(0, 1)
    .map(([name, count]) => `catalog.packages: ${count} packages of the source ${name}; an image may have ${most}`);
}

function pathExcess(packages: readonly Package[]): readonly string[] {
  let [count, characters] = [0, 0];
  for (const { paths, files } of packages) {
    count += paths.length + files.length;
    for (const path of paths) characters += path.length;
    for (const file of files) characters += file.length;
  }
  const { paths, pathBytes } = limits;
  return [
    ...(count > paths.value ? [`catalog.packages: ${count} paths and files; an image may have ${paths.value}`] : []),
    ...(characters > pathBytes.value
      ? [`catalog.packages: paths and files of ${characters} characters; an image may have ${pathBytes.value}`]
      : []),
  ];
}
