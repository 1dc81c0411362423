import { type ReactNode, useMemo } from 'react';
import type { Dimension } from '#runtime/contract.ts';
import { Chart } from '../../ui/chart.tsx';
import { State } from '../../ui/state-mark.tsx';
import { curveOf } from './curve-points.ts';
import type { ReadModel } from './read-model.ts';
import { dimensionWords, markOfVerdict, verdictWords } from './model-words.ts';

const dimensions: readonly Dimension[] = ['process', 'network', 'file', 'syscall'];
/** New behaviours a day at which a dimension becomes active. */
const target = 2;

/** Chance of something new in each dimension, over the hours observed. */
export function Curves({ read }: { readonly read: ReadModel }): ReactNode {
  return (
    <section className="curves" aria-label="Convergence by dimension">
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
          {convergence === undefined ? 'Unknown' : verdictWords[convergence.verdict]}
        </State>
      </figcaption>
      {convergence === undefined ? (
        <p className="small soft">Nothing was reported of this dimension.</p>
      ) : (
        <>
          <Plot curve={read.curve} dimension={dimension} name={`Chance of something new: ${name}`} />
          <p className="small">
            <span className="big">{convergence.upper80?.toFixed(1) ?? '–'}</span>{' '}
            <span className="quiet">
              new behaviours a day at most; target {target}
              <br />
              {convergence.hours} h observed, {convergence.novelHours} with something new
            </span>
          </p>
        </>
      )}
    </figure>
  );
}

interface PlotProps {
  readonly curve: ReadModel['curve'];
  readonly dimension: Dimension;
  readonly name: string;
}

function Plot({ curve, dimension, name }: PlotProps): ReactNode {
  const data = useMemo(() => curveOf(curve, dimension), [curve, dimension]);
  return <Chart name={name} data={data} height={112} tooFew="Too few hours observed yet" />;
}
