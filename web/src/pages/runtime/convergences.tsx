import type { ReactNode } from 'react';
import type { Dimension, ModelSummary } from '#runtime/contract.ts';
import { StateGlyph } from '../../ui/state-mark.tsx';
import { boundWords, dimensionWords, markOfVerdict, verdictWords } from './model-words.ts';

const order: readonly Dimension[] = ['process', 'network', 'file', 'syscall'];

/** The four dimensions of a model in one line, those that learn nothing yet hatched. */
export function Convergences({ convergence }: Pick<ModelSummary, 'convergence'>): ReactNode {
  return (
    <span className="convergences">
      {order.map((dimension) => {
        const known = convergence[dimension];
        const words =
          known === undefined ? 'nothing learned yet' : `${verdictWords[known.verdict]}, ${boundWords(known)}`;
        return (
          <span
            key={dimension}
            className={known === undefined ? 'quiet' : undefined}
            title={`${dimensionWords[dimension]}: ${words}`}
          >
            <StateGlyph state={markOfVerdict(known?.verdict)} />
            <span className="sr">{words}, </span>
            {dimensionWords[dimension]}
          </span>
        );
      })}
    </span>
  );
}
