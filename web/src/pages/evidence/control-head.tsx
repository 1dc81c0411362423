import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { CheckState } from '#compliance/contract.ts';
import type { EvidenceTemplate, getControl } from '#explorer/contract.ts';
import type { ReplyOf } from '#http/index.ts';
import { useNow } from '../../ui/clock.ts';
import { count, counted } from '../../ui/format.ts';
import { When } from '../../ui/marks.tsx';
import { Fact, PageHead } from '../../ui/page-head.tsx';
import { type ControlSearch, isPast } from './evidence-search.ts';
import { ReviewMark } from './review-mark.tsx';
import { answerOrder, answerWords, standingOf, subjectsIn } from './standing.ts';

type Control = ReplyOf<typeof getControl>['control'];

interface HeadProps {
  /** Missing: it is not known yet. */
  readonly template: EvidenceTemplate | undefined;
  readonly control: Control;
  readonly computedAt: string;
  readonly crumbs: ReactNode;
  /** Of the address: what stays with the links to its own lists. */
  readonly search: ControlSearch;
  readonly actions: ReactNode;
}

/** State of a control in one sentence; each number leads to the list that has as many rows. */
export function ControlHead({ template, control, computedAt, crumbs, search, actions }: HeadProps): ReactNode {
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
          control.state === 'not-assessed' ? (
            `${word}.`
          ) : total === 0 ? (
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
          <Facts template={template} sp80053={sp80053} computedAt={isPast(search, now) ? undefined : computedAt} />
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

interface FactsProps {
  readonly template: EvidenceTemplate | undefined;
  readonly sp80053: Control['sp80053'];
  /** Missing: of a day that has ended. */
  readonly computedAt: string | undefined;
}

function Facts({ template, sp80053, computedAt }: FactsProps): ReactNode {
  return (
    <>
      {template !== undefined && template.standing !== 'reviewed' && (
        <Fact name="Standing">
          <ReviewMark standing={template.standing} />
        </Fact>
      )}
      <Fact name="SP 800-53">{sp80053.length === 0 ? 'none' : sp80053.join(', ')}</Fact>
      {computedAt !== undefined && (
        <Fact name="Computed">
          <When moment={computedAt} />
        </Fact>
      )}
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
