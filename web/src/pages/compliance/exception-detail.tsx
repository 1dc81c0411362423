import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { listCollections } from '#access/contract.ts';
import type { CheckException } from '#compliance/contract.ts';
import { reading } from '../../api.ts';
import { Moment, When } from '../../ui/marks.tsx';
import { ExceptionMark, TimeLeft } from '../policy/exception-columns.tsx';
import { reasonWords } from '../policy/exception-words.ts';
import { CheckExceptionDecision } from './exception-decision.tsx';
import { exceptionDoes, reachInWords } from './exception-words.ts';

/** What an exception names, who requested it and why, and how to decide it. */
export function CheckExceptionDetail({ exception }: { readonly exception: CheckException }): ReactNode {
  const { check, values, state, reason, explanation } = exception;
  return (
    <>
      <div className="d-head">
        <div className="d-title">
          <h2>{check}</h2>
          <span className="end">
            <ExceptionMark state={state} />
          </span>
        </div>
        <ul className="small">
          {values.map((value) => (
            <li key={value} className="breakable">
              <code>{value}</code>
            </li>
          ))}
        </ul>
        <p className="small soft">{exceptionDoes(exception)} Any other value counts.</p>
        <p className="small">
          <Link to="/compliance" search={{ check }}>
            Findings of {check}
          </Link>
        </p>
      </div>
      <CheckExceptionDecision exception={exception} />
      <div className="d-sec">
        <h3>{reasonWords[reason]}</h3>
        <p className="soft breakable explanation">{explanation}</p>
        <Facts exception={exception} />
      </div>
    </>
  );
}

function Facts({ exception }: { readonly exception: CheckException }): ReactNode {
  const collections = useQuery(reading(listCollections)).data?.collections;
  const { requestedBy, requestedAt, decidedBy, decidedAt, note, expiresAt } = exception;
  return (
    <dl className="kv">
      <dt>Applies to</dt>
      <dd className="breakable">{reachInWords(exception, (id) => collections?.find((one) => one.id === id)?.name)}</dd>
      <dt>Expires</dt>
      <dd>
        <Moment moment={expiresAt} />, <TimeLeft exception={exception} />
      </dd>
      <dt>Requested by</dt>
      <dd>
        {requestedBy.name}, <When moment={requestedAt} />
      </dd>
      {decidedBy !== undefined && (
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
      {note !== undefined && (
        <>
          <dt>Note</dt>
          <dd>{note}</dd>
        </>
      )}
    </dl>
  );
}
