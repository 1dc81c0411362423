import type { Selectable } from '#access/index.ts';
import { digestPattern, type ImageDigest, isImageDigest } from '#base/index.ts';
import type { HostStarts, ImageOnHost } from '#inventory/console/index.ts';
import { ruleFor } from '#rules/index.ts';
import type { AdmissionRule, LedgerEntry } from '../contract.ts';
import { entryOf } from '../entry-of.ts';
import type { LedgerGround } from './ledger-ground.ts';

/** An image in an environment of a host where it may be started. */
export interface Start {
  readonly image: ImageOnHost;
  readonly digest: ImageDigest;
  readonly place: Selectable & { readonly host: string };
}

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
export function hostEntries(
  starts: HostStarts,
  rules: readonly AdmissionRule[],
  { collections, verdictOf }: LedgerGround,
): readonly LedgerEntry[] {
  const aliases = aliasesOf(starts.images);
  return startsOf(starts).flatMap(({ image, digest, place }) => {
    const verdict = verdictOf(image.subject, place.environment);
    const rule = ruleFor(rules, collections, place);
    if (verdict === undefined || rule === undefined) return [];
    const { environment } = place;
    const judged = { digest, aliases: aliases(image), verdict: verdict.brief, judgedAt: verdict.judgedAt };
    return [entryOf({ ...judged, ...(environment === undefined ? {} : { environment }) }, rule)];
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
