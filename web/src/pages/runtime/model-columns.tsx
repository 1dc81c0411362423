import { Link } from '@tanstack/react-router';
import type { ModelSummary } from '#runtime/contract.ts';
import type { Column } from '../../ui/columns.ts';
import { count } from '../../ui/format.ts';
import { Glow } from '../../ui/glow.tsx';
import { When } from '../../ui/marks.tsx';
import { State } from '../../ui/state-mark.tsx';
import { Convergences } from './convergences.tsx';
import { entrypointWords, modelName, modelState } from './model-words.ts';

/** One line for each entrypoint of each image that ran, in each environment. */
export const modelColumns: readonly Column<ModelSummary>[] = [
  {
    id: 'image',
    name: 'Image',
    className: 'c-image',
    heads: 'row',
    cell: (model) => (
      <>
        <Link className="l1 strong clip" to="/runtime/$id" params={{ id: model.id }}>
          {modelName(model)}
        </Link>
        <code className="l2 quiet clip">{entrypointWords(model.key.entrypoint)}</code>
      </>
    ),
    text: modelName,
  },
  {
    id: 'environment',
    name: 'Environment',
    className: 'c-environment',
    cell: ({ environment }) => environment ?? <span className="quiet">none</span>,
    text: ({ environment }) => environment ?? '',
  },
  {
    id: 'state',
    name: 'State',
    className: 'c-state',
    cell: (model) => (
      <>
        <State state={modelState(model).mark}>{modelState(model).word}</State>
        {model.partial && <span className="l2 quiet">partial</span>}
      </>
    ),
    text: (model) => (model.partial ? `${modelState(model).word}, partial` : modelState(model).word),
  },
  {
    id: 'convergence',
    name: 'Convergence',
    className: 'c-convergence',
    cell: ({ convergence }) => <Convergences convergence={convergence} />,
    text: ({ convergence }) => convergence.process?.verdict ?? '',
  },
  {
    id: 'lines',
    name: 'Entries',
    className: 'c-entries num',
    least: 1200,
    cell: ({ counts }) => <Glow value={counts.entries}>{count(counts.entries)}</Glow>,
    text: ({ counts }) => counts.entries,
  },
  {
    id: 'review',
    name: 'To review',
    className: 'c-review num',
    cell: ({ id, counts }) =>
      counts.review === 0 ? (
        <span className="quiet">0</span>
      ) : (
        <Link to="/runtime/$id" params={{ id }} hash="review">
          {count(counts.review)}
          <span className="sr"> to review</span>
        </Link>
      ),
    text: ({ counts }) => counts.review,
  },
  {
    id: 'containers',
    name: 'Containers',
    className: 'c-containers num',
    cell: ({ containers, hosts }) => (
      <>
        {count(containers)}
        <span className="quiet"> on {count(hosts)}</span>
      </>
    ),
    text: ({ containers }) => containers,
  },
  {
    id: 'changed',
    name: 'Changed',
    className: 'c-changed soft',
    least: 1300,
    cell: ({ changedAt }) => <When moment={changedAt} />,
    text: ({ changedAt }) => changedAt,
  },
];
