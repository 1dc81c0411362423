import { count, shortCount } from './format.ts';

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

/** The figures of an axis, written out: as many decimals as tell one from the next. */
export function axisFigures(ticks: readonly number[]): readonly string[] {
  const step = Math.abs((ticks[1] ?? 1) - (ticks[0] ?? 0));
  const decimals = Math.min(mostDecimals, Math.max(0, Math.ceil(-Math.log10(step) - 1e-9)));
  if (decimals === 0) return ticks.map(shortCount);
  return ticks.map((tick) => (tick === 0 ? '0' : tick.toFixed(decimals)));
}

const mostDecimals = 12;

/** Pixels that the figures of an axis need. */
export function axisWidth(figures: readonly string[]): number {
  return Math.max(40, 12 + 6.5 * Math.max(0, ...figures.map(({ length }) => length)));
}

/** A value in words that never round something to nothing. */
export function figure(value: number): string {
  if (value >= 100 || Number.isInteger(value)) return count(Math.round(value));
  if (value >= 1) return value.toFixed(1);
  return value < 0.001 ? '<0.001' : String(Number(value.toPrecision(2)));
}

/** Values without those from before anything was known: they would draw a rise that never was. */
export function fromFirstKnown<Value>(values: readonly Value[], isKnown: (value: Value) => boolean): readonly Value[] {
  const first = values.findIndex(isKnown);
  return first === -1 ? [] : values.slice(first);
}
