import 'uplot/dist/uPlot.min.css';
import { type ReactNode, useEffect, useRef } from 'react';
import Plot from 'uplot';
import { axisFigures, axisWidth, type ChartData, topOf } from './chart-data.ts';
import { useColorScheme } from './color-scheme.ts';
import { shortCount, shortDay } from './format.ts';

interface CanvasProps {
  readonly data: ChartData;
  readonly height: number;
  /** Place of the value under the pointer; missing when the pointer leaves. */
  readonly hover: (at: number | undefined) => void;
}

/** The drawing itself, by uPlot; everything that it shows stands in the table of `Chart` too. */
export function ChartCanvas({ data, height, hover }: CanvasProps): ReactNode {
  const box = useRef<HTMLDivElement>(null);
  const colorScheme = useColorScheme();
  useEffect(() => {
    const place = box.current;
    if (place === null) return;
    const plot = new Plot(optionsOf(data, { place, height, hover }), columnsOf(data), place);
    const watching = new ResizeObserver(() => plot.setSize({ width: place.clientWidth, height }));
    watching.observe(place);
    return () => {
      watching.disconnect();
      plot.destroy();
    };
    // Colours come from the style sheet, which differs by scheme.
  }, [data, height, hover, colorScheme]);
  return <div className="chart-canvas" ref={box} />;
}

function columnsOf({ points, limit }: ChartData): Plot.AlignedData {
  const columns: Plot.AlignedData = [points.map(({ x }) => x), points.map(({ y }) => y)];
  if (limit === undefined) return columns;
  return [...columns, points.map(() => limit.y)] as unknown as Plot.AlignedData;
}

interface Drawing {
  readonly place: HTMLElement;
  readonly height: number;
  readonly hover: CanvasProps['hover'];
}

function optionsOf(data: ChartData, { place, height, hover }: Drawing): Plot.Options {
  const style = getComputedStyle(place);
  const colour = (name: string): string => style.getPropertyValue(name).trim();
  const axis = {
    stroke: colour('--ink-3'),
    font: `11px ${style.fontFamily}`,
    grid: { stroke: colour('--line'), width: 1 },
    ticks: { show: false },
  };
  const bars = data.kind === 'bars' && Plot.paths.bars ? { paths: Plot.paths.bars({ size: [0.8, 40] }) } : {};
  return {
    width: Math.max(40, place.clientWidth),
    height,
    padding: [8, 8, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 6 } },
    scales: { x: { time: data.along === 'time' }, y: { range: () => [0, topOf(data)] } },
    axes: [
      {
        ...axis,
        // Below the first figure of the other axis, which is half a line lower than the corner.
        size: 26,
        gap: 7,
        space: 60,
        values: (_, ticks) => ticks.map((tick) => (data.along === 'time' ? shortDay(tick) : shortCount(tick))),
      },
      {
        ...axis,
        size: (_, figures) => axisWidth(figures ?? []),
        gap: 4,
        space: 24,
        values: (_, ticks) => [...axisFigures(ticks)],
      },
    ],
    series: [
      {},
      { stroke: colour('--water'), fill: colour('--water-tint'), width: 1.5, points: { show: false }, ...bars },
      ...(data.limit === undefined
        ? []
        : [{ stroke: colour('--wall'), width: 1.25, dash: [4, 3], points: { show: false } }]),
    ],
    hooks: { setCursor: [({ cursor }) => hover(cursor.idx ?? undefined)] },
  };
}
