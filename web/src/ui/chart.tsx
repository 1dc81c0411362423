import { lazy, type ReactNode, Suspense, useState } from 'react';
import type { ChartData } from './chart-data.ts';
import './chart.css';

/** The drawing library comes with the first page that shows a chart. */
const ChartCanvas = lazy(async () => ({ default: (await import('./chart-canvas.tsx')).ChartCanvas }));

interface ChartProps {
  /** What is drawn: `Risk in prod`. */
  readonly name: string;
  readonly data: ChartData;
  /** Pixels. */
  readonly height: number;
  /** Shown while there are too few values for a chart. */
  readonly tooFew: string;
}

/** Values over time or another number: axes, the value under the pointer, a limit line, and a table for screen readers. */
export function Chart({ name, data, height, tooFew }: ChartProps): ReactNode {
  const [at, setAt] = useState<number>();
  const { points, limit } = data;
  const shown = points[at ?? points.length - 1];
  const least = data.kind === 'bars' ? 1 : 2;
  return (
    <figure className="chart" aria-label={name}>
      {points.length < least ? (
        <p className="chart-none quiet small" style={{ height }}>
          {tooFew}
        </p>
      ) : (
        <>
          <div aria-hidden="true" style={{ height }}>
            <Suspense>
              <ChartCanvas data={data} height={height} hover={setAt} />
            </Suspense>
          </div>
          <p className="chart-readout small quiet" aria-hidden="true">
            {shown && (
              <span title={data.nameX(shown.x)}>
                <b>{data.nameY(shown.y)}</b> {data.nameX(shown.x)}
              </span>
            )}
            {limit !== undefined && <span className="chart-limit">{limit.name}</span>}
          </p>
        </>
      )}
      <div className="sr">
        <table aria-label={name}>
          <tbody>
            {points.map(({ x, y }) => (
              <tr key={x}>
                <th scope="row">{data.nameX(x)}</th>
                <td>{data.nameY(y)}</td>
              </tr>
            ))}
          </tbody>
        </table>
        {limit !== undefined && <p>{limit.name}</p>}
      </div>
    </figure>
  );
}
