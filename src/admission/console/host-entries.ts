import { digestPattern, isImageDigest } from '#base/index.ts';
import type { HostStarts, ImageOnHost } from '#inventory/console/index.ts';
import type { LedgerEntry } from '../contract.ts';
import type { Entries } from './entries-of.ts';
import type { Start } from './start.ts';

/** Most other digests by which a ledger names an image. */
const mostAliases = 64;

/** Every image of a host in each environment where a container of it may stand. */
export function startsOf({ host, environment, allowed, images }: HostStarts): readonly Start[] {
  const environments = [environment, ...allowed];
  return images.flatMap((image) => {
    const digest: string = image.subject;
    if (!isImageDigest(digest)) return [];
    return environments.map((one) => ({
      image,
      digest,
      place: { host, images: image.names, labels: {}, ...(one === undefined ? {} : { environment: one }) },
    }));
  });
}

/** What the rules make of the verdicts on a host's images; one that is not judged has no entry and is unknown. */
export function hostEntries(starts: HostStarts, entries: Entries): readonly LedgerEntry[] {
  const aliases = aliasesOf(starts.images);
  return startsOf(starts).flatMap((start) => {
    const entry = entries(start);
    return entry === undefined ? [] : [{ ...entry, aliases: aliases(start.image) }];
  });
}

/**
 * Digests of manifests and indexes by which the engine names an image: its ids, which the agent read from the content. A
 * digest that names several images, or another one's config, names none.
 */
function aliasesOf(images: readonly ImageOnHost[]): (image: ImageOnHost) => readonly string[] {
  const named = new Map<string, number>();
  for (const { subject, ids } of images)
    for (const id of new Set([subject, ...ids])) named.set(id, (named.get(id) ?? 0) + 1);
  return ({ subject, ids }) =>
    ids.filter((id) => id !== subject && digestPattern.test(id) && named.get(id) === 1).slice(0, mostAliases);
}
