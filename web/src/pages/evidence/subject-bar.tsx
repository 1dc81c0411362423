import { Link, type LinkProps } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { CheckState } from '#compliance/contract.ts';
import type { SubjectCounts } from '#explorer/contract.ts';
import { count, narrowCount } from '../../ui/format.ts';
import { answerOrder, answerWords } from './standing.ts';

/** Columns of the grid; what a control does not apply to is no part of it. */
const columns = answerOrder.filter((state) => state !== 'not-applicable');

/** Above the columns of all bars. */
const columnWords: Readonly<Record<Exclude<CheckState, 'not-applicable'>, string>> = {
  fail: 'Fail',
  error: 'Error',
  'not-assessed': 'Unknown',
  warn: 'Warn',
  excepted: 'Except.',
  pass: 'Pass',
};

interface BarProps {
  readonly counts: SubjectCounts;
  /** Whether everything was assessed; below that a pass is not green. */
  readonly covered: boolean;
  /** The list that a number counts. */
  readonly linkTo: (state: CheckState) => LinkProps;
}

/** Subjects by how they stand: a bar, and below it each number in the same column everywhere. */
export function SubjectBar({ counts, covered, linkTo }: BarProps): ReactNode {
  const total = columns.reduce((sum, state) => sum + counts[state], 0);
  if (total === 0) return <span className="quiet small">no subject</span>;
  return (
    <div className="subject-bar" data-covered={covered ? 'yes' : 'no'}>
      <div className="bar-parts" aria-hidden="true">
        {columns.map(
          (state) => counts[state] > 0 && <i key={state} data-answer={state} style={{ flex: counts[state] }} />,
        )}
      </div>
      <ul>
        {columns.map((state) => (
          <li key={state} data-answer={state}>
            <Number state={state} value={counts[state]} link={linkTo(state)} />
          </li>
        ))}
      </ul>
    </div>
  );
}

interface NumberProps {
  readonly state: Exclude<CheckState, 'not-applicable'>;
  readonly value: number;
  readonly link: LinkProps;
}

function Number({ state, value, link }: NumberProps): ReactNode {
  const words = (
    <>
      <span className="column-word" aria-hidden="true">
        {columnWords[state]}
      </span>
      <span className="sr"> {answerWords(state, value)}</span>
    </>
  );
  if (value === 0) return <span className="zero">0{words}</span>;
  const title = `${count(value)} ${answerWords(state, value)}`;
  return (
    <Link {...link} title={title}>
      <b>{narrowCount(value)}</b>
      {words}
    </Link>
  );
}
