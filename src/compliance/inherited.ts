import type { ImageShape } from '#catalog/index.ts';
import type { Check } from './check.ts';
import { type ExceptableResult, valuesOf } from './exception.ts';

/** What of a finding of an image comes from the image that it is built on. */
export type Inheritance =
  /** Nothing: it does not fail, its base does not, or fails for other values. */
  | { readonly kind: 'own' }
  /** These values; others are its own. */
  | { readonly kind: 'partly'; readonly values: readonly string[] }
  /** All of it: it is counted at the base. */
  | { readonly kind: 'whole'; readonly values: readonly string[] };

/**
 * Compares one check of an image with the same check of its base. A heir has the layers and build steps of its base below its
 * own, and of a setting the value of its base where it sets none: equal values are the base's.
 */
export function inheritanceOf(own: ExceptableResult, base: ExceptableResult | undefined): Inheritance {
  if (base === undefined || base.id !== own.id) return { kind: 'own' };
  const ofBase = new Set(valuesOf(base));
  const all = valuesOf(own);
  const values = all.filter((value) => ofBase.has(value));
  if (values.length === 0) return { kind: 'own' };
  // What only warns at the base is another finding where it fails.
  if (own.state === 'fail' && base.state !== 'fail') return { kind: 'own' };
  return values.length === all.length ? { kind: 'whole', values } : { kind: 'partly', values };
}

/**
 * Facts of an image's config of which equal values are one and the same thing. Of a file the same path may hold something
 * else, and of a secret of the config the same place another one: what a heir has of those is not known to be unchanged.
 */
const settings: ReadonlySet<string> = new Set<keyof ImageShape>([
  'user',
  'exposedPorts',
  'healthCheck',
  'volumes',
  'workingDirectory',
  'onBuild',
  'steps',
  'platform',
]);

/**
 * Facts whose values name the layer that holds the file. The layers of a base are those of its heirs, by their content: an
 * equal value in one of them is of the same file, unchanged.
 */
const ofFilesInLayers: ReadonlySet<string> = new Set<keyof ImageShape>(['fileSecrets', 'malware']);

/** Whether all layers that a value names are among the lowest ones, so many; one that names none is of no layer above. */
export function isOfLayers(value: string, depth: number): boolean {
  return Array.from(value.matchAll(/ in layer (\d+)/g)).every(([, layer]) => Number(layer) <= depth);
}

/** Checks of images whose equal values are unchanged: an exception of an image holds for what is built on it as well. */
export function isKeptUnchanged({ subject, needs }: Pick<Check, 'subject' | 'needs'>): boolean {
  return subject === 'image' && needs.every((name) => settings.has(name) || ofFilesInLayers.has(name));
}
