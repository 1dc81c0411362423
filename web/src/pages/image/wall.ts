import type { ImageDetail, SeverityCounts } from '#explorer/contract.ts';
import type { ImageSubject, Layer } from '#image/contract.ts';

/** One course of the wall: a layer with what lies in it and the steps after it that added no files. */
export interface Course {
  readonly layer: Layer;
  readonly packages: number;
  readonly counts: SeverityCounts;
  /** Pixels. */
  readonly height: number;
  /** Build steps between this layer and the next one that change settings only. */
  readonly settings: readonly string[];
}

/** Pixels of the largest layer; all others are drawn to the same scale. */
const tallest = 144;
/** A layer of few bytes is still a line. */
const thinnest = 2;
const none: SeverityCounts = { critical: 0, high: 0, medium: 0, low: 0, negligible: 0, unrated: 0, suppressed: 0 };

/** The layers as courses, newest first, drawn to one scale. */
export function coursesOf(image: ImageSubject, layers: ImageDetail['layers']): readonly Course[] {
  const largest = Math.max(1, ...image.layers.map((layer) => layer.size));
  return image.layers
    .map((layer) => {
      const found = layers.find((one) => one.index === layer.index);
      return {
        layer,
        packages: found?.packages ?? 0,
        counts: found?.counts ?? none,
        height: layer.size === 0 ? 0 : Math.max(thinnest, Math.round((tallest * layer.size) / largest)),
        settings: settingsAfter(image, layer.index),
      };
    })
    .toReversed();
}

function settingsAfter(image: ImageSubject, index: number): readonly string[] {
  const from = image.history.findIndex((step) => step.layer === index);
  if (from === -1) return [];
  const next = image.history.findIndex((step, at) => at > from && step.layer !== undefined);
  return image.history.slice(from + 1, next === -1 ? undefined : next).map((step) => readable(step.createdBy));
}

/** A build step without the noise that builders put around it. */
export function readable(step: string): string {
  return step
    .replace(/^\/bin\/sh -c #\(nop\)\s+/, '')
    .replace(/^\/bin\/sh -c\s+/, 'RUN ')
    .replace(/^RUN \/bin\/sh -c\s+/, 'RUN ')
    .replace(/\s+# buildkit$/, '')
    .replace(/\s+/g, ' ')
    .trim();
}
