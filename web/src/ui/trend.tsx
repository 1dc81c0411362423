import type { ReactNode } from 'react';

/** A value at a moment. */
export interface TrendValue {
  readonly at: string;
  readonly value: number;
}

interface TrendProps {
  readonly values: readonly TrendValue[];
  /** What is drawn, for screen readers: `Risk in prod`. */
  readonly name: string;
  readonly size: 'line' | 'area';
}

const wide = 300;

/** A value over time from zero up, as water: the more, the higher. Time runs evenly, whatever lies between the points. */
export function Trend({ values, name, size }: TrendProps): ReactNode {
  const tall = size === 'area' ? 72 : 24;
  if (values.length < 2) {
    return (
      <div className={`trend ${size} none`}>
        <span className="quiet small">no history yet</span>
      </div>
    );
  }
  const points = pointsOf(values, tall);
  const line = points.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(' ');
  const first = values[0]?.value ?? 0;
  const last = values.at(-1)?.value ?? 0;
  return (
    <svg
      className={`trend ${size}`}
      viewBox={`0 0 ${wide} ${tall}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={`${name}: from ${figure(first)} to ${figure(last)}`}
    >
      <polygon className="water" points={`0,${tall} ${line} ${wide},${tall}`} />
      <polyline className="surface-line" points={line} vectorEffect="non-scaling-stroke" />
    </svg>
  );
}

function pointsOf(values: readonly TrendValue[], tall: number): readonly (readonly [x: number, y: number])[] {
  const times = values.map(({ at }) => Date.parse(at));
  const begin = times[0] ?? 0;
  const length = Math.max(1, (times.at(-1) ?? 0) - begin);
  const most = Math.max(...values.map(({ value }) => value), Number.MIN_VALUE);
  return values.map(({ value }, index) => {
    const x = (((times[index] ?? 0) - begin) / length) * wide;
    return [x, tall - 1 - (value / most) * (tall - 6)] as const;
  });
}

function figure(value: number): string {
  return value >= 100 ? String(Math.round(value)) : value.toFixed(1);
}

/** How much a value changed within the last days; missing when it is not known that far back. */
export function changeWithin(values: readonly TrendValue[], days: number): number | undefined {
  const last = values.at(-1);
  if (last === undefined) return undefined;
  const from = Date.parse(last.at) - days * 24 * 60 * 60_000;
  const before = values.findLast(({ at }) => Date.parse(at) <= from);
  return before && last.value - before.value;
}
