import { lazy, type ReactNode, Suspense, useMemo } from 'react';
import { type ChartData, figure } from './chart-data.ts';
import { shortTime } from './format.ts';

/** After the first page: its numbers are there before its curves. */
const Chart = lazy(async () => ({ default: (await import('./chart.tsx')).Chart }));

/** A value at a moment. */
export interface TrendValue {
  readonly at: string;
  readonly value: number;
}

interface TrendProps {
  readonly values: readonly TrendValue[];
  /** What is drawn: `Risk in prod`. */
  readonly name: string;
}

const tall = 96;

/** A value over time. */
export function Trend({ values, name }: TrendProps): ReactNode {
  const text = JSON.stringify(values);
  const data = useMemo<ChartData>(() => {
    const read = JSON.parse(text) as readonly TrendValue[];
    return {
      kind: 'line',
      along: 'time',
      points: read.map(({ at, value }) => ({ x: Date.parse(at) / 1000, y: value })),
      nameX: shortTime,
      nameY: figure,
    };
  }, [text]);
  return (
    <Suspense fallback={<div style={{ height: tall }} />}>
      <Chart name={name} data={data} height={tall} tooFew="No history yet" />
    </Suspense>
  );
}

/** How much a value changed within the last days; missing when it is not known that far back. */
export function changeWithin(values: readonly TrendValue[], days: number): number | undefined {
  const last = values.at(-1);
  if (last === undefined) return undefined;
  const from = Date.parse(last.at) - days * 24 * 60 * 60_000;
  const before = values.findLast(({ at }) => Date.parse(at) <= from);
  return before && last.value - before.value;
}
