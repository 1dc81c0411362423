import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { listCollections } from '#access/contract.ts';
import type { Exception } from '#policy/contract.ts';
import { reading } from '../../api.ts';
import { counted, dateTime } from '../../ui/format.ts';
import { When } from '../../ui/marks.tsx';
import { ExceptionMark, TimeLeft } from './exception-columns.tsx';
import { reasonWords } from './exception-words.ts';
import { Decision } from './exception-decision.tsx';
import { scopeInWords } from './words.ts';

/** What an exception is for, who wants it and why, and what may be done about it. */
export function ExceptionDetail({ exception }: { readonly exception: Exception }): ReactNode {
  const { advisory, package: component, state } = exception;
  return (
    <>
      <div className="d-head">
        <div className="d-title">
          <h2>{advisory}</h2>
          <span className="end">
            <ExceptionMark state={state} />
          </span>
        </div>
        <p className="breakable">
          in {component.name} <code>{component.version}</code> <span className="mark">{component.type}</span>
        </p>
        <p className="small soft">{does(exception)}</p>
        <p className="small">
          <Link to="/vulnerabilities" search={{ search: advisory }}>
            Findings of {advisory}
          </Link>
        </p>
      </div>
      <Decision exception={exception} />
      <div className="d-sec">
        <h3>{reasonWords[exception.reason]}</h3>
        <p className="soft breakable explanation">{exception.explanation}</p>
        <Facts exception={exception} />
      </div>
    </>
  );
}

function does({ state, holds }: Exception): string {
  const images = counted(holds, 'image');
  switch (state) {
    case 'approved':
      return `It keeps the finding from counting in ${images} now.`;
    case 'requested':
      return 'It keeps nothing from counting until it is approved.';
    case 'denied':
    case 'cancelled':
    case 'expired':
      return 'It keeps nothing from counting any more.';
  }
}

function Facts({ exception }: { readonly exception: Exception }): ReactNode {
  const collections = useQuery(reading(listCollections)).data?.collections;
  const { requestedBy, requestedAt, decidedBy, decidedAt, note, expiresAt } = exception;
  return (
    <dl className="kv">
      <dt>Scope</dt>
      <dd>{scopeInWords(exception, (id) => collections?.find((one) => one.id === id)?.name)}</dd>
      <dt>Ends</dt>
      <dd>
        {dateTime(expiresAt)}, <TimeLeft exception={exception} />
      </dd>
      <dt>Asked by</dt>
      <dd>
        {requestedBy.name}, <When moment={requestedAt} />
      </dd>
      {decidedBy && (
        <>
          <dt>Decided by</dt>
          <dd>
            {decidedBy.name}
            {decidedAt !== undefined && (
              <>
                , <When moment={decidedAt} />
              </>
            )}
          </dd>
        </>
      )}
      {note !== undefined && note !== '' && (
        <>
          <dt>Note</dt>
          <dd>{note}</dd>
        </>
      )}
    </dl>
  );
}
