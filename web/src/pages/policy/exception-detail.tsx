import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { listCollections } from '#access/contract.ts';
import type { Exception } from '#policy/contract.ts';
import { reading } from '../../api.ts';
import { counted } from '../../ui/format.ts';
import { Moment, When } from '../../ui/marks.tsx';
import { ExceptionMark, TimeLeft } from './exception-columns.tsx';
import { reasonWords } from './exception-words.ts';
import { Decision } from './exception-decision.tsx';
import { scopeInWords } from './words.ts';

/** What an exception is about, who requested it and why, and how to decide it. */
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

function does({ state, appliesTo, wouldApplyTo }: Exception): string {
  switch (state) {
    case 'approved':
      return `Applies to ${counted(appliesTo, 'image')}.`;
    case 'requested':
      return wouldApplyTo === undefined ? 'Pending.' : `Pending; would apply to ${counted(wouldApplyTo, 'image')}.`;
    case 'denied':
    case 'cancelled':
    case 'expired':
      return 'Does not apply.';
  }
}

function Facts({ exception }: { readonly exception: Exception }): ReactNode {
  const collections = useQuery(reading(listCollections)).data?.collections;
  const { requestedBy, requestedAt, decidedBy, decidedAt, note, expiresAt } = exception;
  return (
    <dl className="kv">
      <dt>Scope</dt>
      <dd>{scopeInWords(exception, (id) => collections?.find((one) => one.id === id)?.name)}</dd>
      <dt>Expires</dt>
      <dd>
        <Moment moment={expiresAt} />, <TimeLeft exception={exception} />
      </dd>
      <dt>Requested by</dt>
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
