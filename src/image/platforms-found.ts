import type { Platform } from './contract.ts';
import { shownPlatform, wholePlatform } from './platform.ts';
import type { PlatformsFound } from './source.ts';

/**
 * Platforms of these images, by their digests, each as it is asked for to get that image alone: with its variant where
 * another has the same architecture. Several images for one platform cannot be asked for by it.
 */
export function distinctPlatforms(images: ReadonlyMap<string, Platform>): Omit<PlatformsFound, 'attestations'> {
  const counts = countsOf(images.values());
  const shared = new Map<string, number>();
  const platforms: Platform[] = [];
  for (const one of images.values()) {
    const asked = counts(one) > 1 ? wholePlatform(one) : one;
    const count = counts(asked);
    if (count === 1) platforms.push(asked);
    else shared.set(shownPlatform(one), count);
  }
  const unopened = [...shared].map(([platform, count]) => ({
    platform,
    reason: `there are ${count} images for it; name one of them by its digest`,
  }));
  return { platforms, unopened };
}

/** How many of these images are for a platform, as `matchesPlatform` tells: one without variant accepts any. */
function countsOf(images: Iterable<Platform>): (wanted: Platform) => number {
  const counts = new Map<string, number>();
  const count = (key: string): void => void counts.set(key, (counts.get(key) ?? 0) + 1);
  for (const one of images) {
    const whole = wholePlatform(one);
    count(keyOf({ ...whole, variant: undefined }));
    if (whole.variant !== undefined) count(keyOf(whole));
  }
  return (wanted) => counts.get(keyOf(wanted.variant === undefined ? wanted : wholePlatform(wanted))) ?? 0;
}

function keyOf({ os, architecture, variant }: { readonly [part in keyof Platform]: string | undefined }): string {
  return JSON.stringify([os, architecture, variant]);
}
