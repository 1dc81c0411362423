import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { type CheckSubjectKind, listTransitions, type Transition } from '#compliance/contract.ts';
import { reading } from '../../api.ts';
import { Skeleton } from '../../ui/blank.tsx';
import { Failure } from '../../ui/failure.tsx';
import { counted } from '../../ui/format.ts';
import { When } from '../../ui/marks.tsx';
import { OpenGroup } from './answers.tsx';
import { transitionWords } from './transition-words.ts';

interface SubjectKey {
  readonly host: string;
  readonly kind: CheckSubjectKind;
  readonly id: string;
}

/** Changes that a pane lists. */
const most = 50;

/** What changed of a subject and since when, for who opens it. */
export function WhatChanged({ subject }: { readonly subject: SubjectKey }): ReactNode {
  return (
    <OpenGroup name="What changed" shown>
      <Changes {...subject} />
    </OpenGroup>
  );
}

function Changes({ host, kind, id }: SubjectKey): ReactNode {
  const asked = { params: { host, kind, id }, query: { limit: most } };
  const { data, error } = useQuery(reading(listTransitions, asked));
  if (error !== null && data === undefined) return <Failure error={error} />;
  if (data === undefined) return <Skeleton width={220} />;
  const { leftOut = [] } = data;
  if (data.transitions.length === 0 && leftOut.length === 0)
    return <p className="quiet small">Nothing was written down of it yet.</p>;
  return (
    <ul className="answers">
      {leftOut.map(({ hour, changes }) => (
        <li key={hour} className="small">
          Incomplete: {counted(changes, 'change')} on its host in the hour from <When moment={hour} /> were too many to
          be kept.
        </li>
      ))}
      {data.transitions.map((transition) => (
        <Change key={transition.sequence} transition={transition} />
      ))}
      {data.next !== undefined && <li className="quiet small">Older changes are not listed here.</li>}
    </ul>
  );
}

function Change({ transition }: { readonly transition: Transition }): ReactNode {
  return (
    <li className="small">
      <p className="breakable">
        {transition.kind === 'changed' && <span className="mono">{transition.check} </span>}
        {transitionWords(transition)}{' '}
        <span className="quiet">
          <When moment={transition.observedAt} />
        </span>
      </p>
    </li>
  );
}
