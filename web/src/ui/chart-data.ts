/** One value; for values over time `x` is in seconds since 1970. */
interface ChartPoint {
  readonly x: number;
  readonly y: number;
}

/** What a chart draws, and how its values are written. */
export interface ChartData {
  readonly kind: 'line' | 'bars';
  readonly along: 'time' | 'number';
  readonly points: readonly ChartPoint[];
  /** A horizontal line, with the words that explain it. */
  readonly limit?: { readonly y: number; readonly name: string };
  readonly nameX: (x: number) => string;
  readonly nameY: (y: number) => string;
}

/** Highest value of the axis: room above everything that is drawn, and never an axis without height. */
export function topOf({ points, limit }: Pick<ChartData, 'points' | 'limit'>): number {
  const highest = Math.max(0, limit?.y ?? 0, ...points.map(({ y }) => y));
  return highest === 0 ? 1 : highest * 1.1;
}

/** Values without those from before anything was known: they would draw a rise that never was. */
export function fromFirstKnown<Value>(values: readonly Value[], isKnown: (value: Value) => boolean): readonly Value[] {
  const first = values.findIndex(isKnown);
  return first === -1 ? [] : values.slice(first);
}
