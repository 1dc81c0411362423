import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { CheckState } from '#compliance/contract.ts';
import type { getControl } from '#explorer/contract.ts';
import type { ReplyOf } from '#http/index.ts';
import { useNow } from '../../ui/clock.ts';
import { count, counted } from '../../ui/format.ts';
import { When } from '../../ui/marks.tsx';
import { Fact, PageHead } from '../../ui/page-head.tsx';
import { type ControlSearch, isPast } from './evidence-search.ts';
import { answerOrder, answerWords, standingOf, subjectsIn } from './standing.ts';

type Control = ReplyOf<typeof getControl>['control'];

interface HeadProps {
  readonly control: Control;
  readonly computedAt: string;
  readonly crumbs: ReactNode;
  /** Of the address: what stays with the links to its own lists. */
  readonly search: ControlSearch;
  readonly actions: ReactNode;
}

/** State of a control in one sentence; each number leads to the list that has as many rows. */
export function ControlHead({ control, computedAt, crumbs, search, actions }: HeadProps): ReactNode {
  const now = useNow();
  const { id, title, subjects, definition, reason, sp80053 } = control;
  const { state, word } = standingOf(control);
  const total = subjectsIn(subjects);
  const others = answerOrder.filter((one) => one !== 'pass' && subjects[one] > 0);
  return (
    <>
      <PageHead
        title={`${id} ${title}`}
        crumbs={crumbs}
        state={state}
        verdict={
          total === 0 ? (
            `${word}: no subject of it is known.`
          ) : (
            <>
              {word}:{' '}
              <ToSubjects state="pass" search={search}>
                {count(subjects.pass)}
              </ToSubjects>{' '}
              of{' '}
              <ToSubjects state={undefined} search={search}>
                {counted(total, 'subject')}
              </ToSubjects>{' '}
              {answerWords('pass', subjects.pass)}.
            </>
          )
        }
        reason={others.map((one, index) => (
          <span key={one}>
            <ToSubjects state={one} search={search}>
              {count(subjects[one])}
            </ToSubjects>{' '}
            {answerWords(one, subjects[one])}
            {index === others.length - 1 ? '.' : ', '}
          </span>
        ))}
        facts={
          <>
            <Fact name="SP 800-53">{sp80053.length === 0 ? 'none' : sp80053.join(', ')}</Fact>
            {!isPast(search, now) && (
              <Fact name="Computed">
                <When moment={computedAt} />
              </Fact>
            )}
          </>
        }
        actions={actions}
      />
      <div className="control-said">
        <p>{reason}</p>
        <p className="soft">{definition}</p>
      </div>
    </>
  );
}

interface LinkProps {
  /** Missing: all of them. */
  readonly state: CheckState | undefined;
  readonly search: ControlSearch;
  readonly children: ReactNode;
}

function ToSubjects({ state, search, children }: LinkProps): ReactNode {
  const { application, at, known } = search;
  return (
    <Link to="." search={{ application, at, known, state } as never} hash="subjects" resetScroll={false}>
      {children}
    </Link>
  );
}
