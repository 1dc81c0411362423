import type { ReadModel } from './model-page.tsx';

/** One point of a curve within a box of 224 × 92. */
export type Point = readonly [x: number, y: number];

export const box = { width: 224, height: 92 } as const;
/** Surprising hours a day: the highest that is drawn. */
const ceiling = 12;

/** Where a bound lies: small bounds have most of the room, since they decide. */
export function heightOf(bound: number): number {
  const share = Math.sqrt(Math.min(bound, ceiling) / ceiling);
  return box.height - 8 - share * (box.height - 16);
}

/** The bound of one dimension over the hours that were observed. */
export function curveOf(
  curve: ReadModel['curve'],
  dimension: ReadModel['curve'][number]['dimension'],
): readonly Point[] {
  const points = curve.filter((one) => one.dimension === dimension && one.upper80 !== undefined);
  const hours = points.map((one) => one.hours);
  const [first, last] = [Math.min(...hours), Math.max(...hours)];
  return points.map(({ hours: at, upper80 = 0 }) => {
    const share = last === first ? 1 : (at - first) / (last - first);
    return [2 + share * (box.width - 4), heightOf(upper80)];
  });
}
