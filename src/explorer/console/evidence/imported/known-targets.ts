import type { Selectable } from '#access/index.ts';
import type { SubjectId } from '#base/index.ts';
import { readHosts, readPlacements } from '#inventory/console/index.ts';
import type { Queries } from '#store/index.ts';
import { locationsOf } from '../collect.ts';
import type { ImportedRow } from './imported-row.ts';

/** A host or an image as the console knows it now. */
export interface KnownTarget {
  readonly name: string;
  /** Where it stands; none: nowhere any more. */
  readonly locations: readonly Selectable[];
}

/** Looks targets up, all at once; `undefined`: it is gone. */
export async function knownTargets(
  queries: Queries,
  rows: readonly Pick<ImportedRow, 'host' | 'image'>[],
): Promise<(row: Pick<ImportedRow, 'host' | 'image'>) => KnownTarget | undefined> {
  const names = new Set(rows.flatMap(({ host }) => host ?? []));
  const images = new Set(rows.flatMap(({ image }) => (image ?? []) as SubjectId | []));
  const hosts = names.size === 0 ? [] : await readHosts(queries, [...names]);
  const placements = images.size === 0 ? new Map<never, never>() : await readPlacements(queries, [...images]);
  const known = new Map<string, KnownTarget>([
    ...hosts.map(({ name, environment }): [string, KnownTarget] => [
      name,
      { name, locations: [{ host: name, images: [], labels: {}, ...(environment !== undefined && { environment }) }] },
    ]),
    ...[...placements].map(([image, own]): [string, KnownTarget] => [
      image,
      { name: own.flatMap((one) => one.names)[0] ?? image, locations: own.flatMap(locationsOf) },
    ]),
  ]);
  return ({ host, image }) => known.get(host ?? image ?? '');
}
