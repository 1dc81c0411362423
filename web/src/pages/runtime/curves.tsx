import type { ReactNode } from 'react';
import type { Dimension } from '#runtime/contract.ts';
import { State } from '../../ui/state-mark.tsx';
import { box, curveOf, heightOf } from './curve-points.ts';
import type { ReadModel } from './model-page.tsx';
import { boundWords, dimensionWords, markOfVerdict, verdictWords } from './model-words.ts';

const dimensions: readonly Dimension[] = ['process', 'network', 'file', 'syscall'];
/** Surprising hours a day at which a dimension becomes active. */
const limit = 2;

/** How the bound of each dimension came down towards its limit. */
export function Curves({ read }: { readonly read: ReadModel }): ReactNode {
  return (
    <section className="curves" aria-label="How far each dimension knows">
      {dimensions.map((dimension) => (
        <Curve key={dimension} read={read} dimension={dimension} />
      ))}
    </section>
  );
}

function Curve({ read, dimension }: { readonly read: ReadModel; readonly dimension: Dimension }): ReactNode {
  const convergence = read.summary.convergence[dimension];
  const name = dimensionWords[dimension];
  return (
    <figure className={convergence === undefined ? 'curve hatch' : 'curve'}>
      <figcaption>
        <span className="strong">{name}</span>
        <State state={markOfVerdict(convergence?.verdict)}>
          {convergence === undefined ? 'Not learned yet' : verdictWords[convergence.verdict]}
        </State>
      </figcaption>
      {convergence === undefined ? (
        <p className="small soft">The sensor tells of programs and code files; this dimension follows.</p>
      ) : (
        <>
          <Plot points={curveOf(read.curve, dimension)} label={`${name}: ${boundWords(convergence)}`} />
          <p className="small">
            <span className="big">{convergence.upper80?.toFixed(1) ?? '–'}</span>{' '}
            <span className="quiet">
              surprising hours a day at most
              <br />
              {convergence.hours} h seen, {convergence.novelHours} with something new
            </span>
          </p>
        </>
      )}
    </figure>
  );
}

interface PlotProps {
  readonly points: ReturnType<typeof curveOf>;
  readonly label: string;
}

function Plot({ points, label }: PlotProps): ReactNode {
  const line = points.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(' ');
  const [first, last] = [points[0], points.at(-1)];
  const wall = heightOf(limit);
  return (
    <div className="plot">
      <svg viewBox={`0 0 ${box.width} ${box.height}`} preserveAspectRatio="none" role="img" aria-label={label}>
        <path className="limit" d={`M0 ${wall}H${box.width}`} />
        {first && last && (
          <>
            <polygon className="water" points={`${first[0]},${box.height} ${line} ${last[0]},${box.height}`} />
            <polyline className="line" points={line} />
          </>
        )}
      </svg>
      <span className="limit-word" style={{ top: `${(wall / box.height) * 100}%` }}>
        limit {limit} a day
      </span>
    </div>
  );
}
