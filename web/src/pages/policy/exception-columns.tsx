import type { ReactNode } from 'react';
import type { Exception } from '#policy/contract.ts';
import { useNow } from '../../ui/clock.ts';
import type { Column } from '../../ui/columns.ts';
import { count, date, dateTime } from '../../ui/format.ts';
import { Glow } from '../../ui/glow.tsx';
import { State } from '../../ui/state-mark.tsx';
import { reasonWords, stateMarks, stateWords, timeLeft } from './exception-words.ts';

/** Images that it applies to, or would apply to once it is approved. */
function Images({ exception }: { readonly exception: Exception }): ReactNode {
  const { state, appliesTo, wouldApplyTo } = exception;
  const images = state === 'requested' ? wouldApplyTo : appliesTo;
  if (images === undefined) return <span className="quiet">–</span>;
  return (
    <span title={state === 'requested' ? 'Would apply to, if approved' : 'Applies to'}>
      <Glow value={images}>{count(images)}</Glow>
      <span className="unit"> {images === 1 ? 'image' : 'images'}</span>
    </span>
  );
}

/** Until which day an exception applies, and how long that is. */
function Until({ exception }: { readonly exception: Exception }): ReactNode {
  const isOpen = exception.state === 'requested' || exception.state === 'approved';
  return (
    <>
      {isOpen && <span className="l1 clip">{date(exception.expiresAt)}</span>}
      <span className={isOpen ? 'l2' : 'l1'}>
        <TimeLeft exception={exception} />
      </span>
    </>
  );
}

/** How long an exception still holds. */
export function TimeLeft({ exception }: { readonly exception: Pick<Exception, 'expiresAt' | 'state'> }): ReactNode {
  const now = useNow();
  const open = exception.state === 'requested' || exception.state === 'approved';
  return (
    <time dateTime={exception.expiresAt} title={dateTime(exception.expiresAt)}>
      {open ? timeLeft(exception.expiresAt, now) : <span className="quiet">{date(exception.expiresAt)}</span>}
    </time>
  );
}

export function ExceptionMark({ state }: Pick<Exception, 'state'>): ReactNode {
  return <State state={stateMarks[state]}>{stateWords[state]}</State>;
}

export const exceptionColumns: readonly Column<Exception>[] = [
  {
    id: 'advisory',
    name: 'Advisory',
    className: 'c-advisory',
    heads: 'row',
    cell: (one) => (
      <>
        <span className="l1 strong clip">{one.advisory}</span>
        <span className="l2 quiet clip">
          {one.package.name} {one.package.version}
        </span>
      </>
    ),
    text: (one) => one.advisory,
  },
  {
    id: 'package',
    name: 'Package',
    className: '',
    place: 'export',
    cell: () => null,
    text: (one) => `${one.package.type} ${one.package.name} ${one.package.version}`,
  },
  {
    id: 'state',
    name: 'State',
    className: 'c-state',
    cell: (one) => (
      <>
        <ExceptionMark state={one.state} />
        {one.decidedBy && <span className="l2 clip">by {one.decidedBy.name}</span>}
      </>
    ),
    text: (one) => stateWords[one.state],
  },
  {
    id: 'decided-by',
    name: 'Decided by',
    className: '',
    place: 'export',
    cell: () => null,
    text: (one) => one.decidedBy?.name,
  },
  {
    id: 'reason',
    name: 'Reason',
    className: 'c-why',
    cell: (one) => (
      <>
        <span className="l1 clip">{reasonWords[one.reason]}</span>
        <span className="l2 quiet clip">{one.explanation}</span>
      </>
    ),
    text: (one) => `${reasonWords[one.reason]}: ${one.explanation}`,
  },
  {
    id: 'by',
    name: 'Requested by',
    className: 'c-by soft',
    cell: (one) => <span className="clip">{one.requestedBy.name}</span>,
    text: (one) => one.requestedBy.name,
  },
  {
    id: 'left',
    name: 'Expires',
    className: 'c-left soft',
    cell: (one) => <Until exception={one} />,
    text: (one) => one.expiresAt,
  },
  {
    id: 'applies',
    name: 'Images',
    className: 'c-applies num',
    cell: (one) => <Images exception={one} />,
    text: (one) => (one.state === 'requested' ? one.wouldApplyTo : one.appliesTo),
  },
];
