import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { listCollections } from '#access/contract.ts';
import type { Exception } from '#policy/contract.ts';
import { reading } from '../../api.ts';
import { Moment, When } from '../../ui/marks.tsx';
import { ExceptionMark, TimeLeft } from './exception-columns.tsx';
import { type Decided, ExceptionDecision } from './exception-decision.tsx';
import { reasonWords } from './exception-words.ts';
import './exception-pane.css';

type NameOf = (collection: string) => string | undefined;

interface PaneProps<One extends AnyException> extends Omit<Decided, 'exception'> {
  readonly exception: One;
  /** What it names, with a link to what is found of it. */
  readonly children: ReactNode;
  readonly scope: { readonly term: string; readonly words: (exception: One, nameOf: NameOf) => string };
}

type AnyException = Omit<Exception, 'advisory' | 'package' | 'appliesTo' | 'wouldApplyTo'>;

/** An exception of a finding or of a check: what it names, how to decide it, why, where and until when. */
export function ExceptionPane<One extends AnyException>(props: PaneProps<One>): ReactNode {
  const { exception, children, scope, named } = props;
  return (
    <>
      <div className="d-head">
        <div className="d-title">
          <h2>{named}</h2>
          <span className="end">
            <ExceptionMark state={exception.state} />
          </span>
        </div>
        {children}
      </div>
      <ExceptionDecision {...props} />
      <div className="d-sec">
        <h3>{reasonWords[exception.reason]}</h3>
        <p className="soft breakable explanation">{exception.explanation}</p>
        <Facts exception={exception} scope={scope} />
      </div>
    </>
  );
}

function Facts<One extends AnyException>({ exception, scope }: Pick<PaneProps<One>, 'exception' | 'scope'>): ReactNode {
  const collections = useQuery(reading(listCollections)).data?.collections;
  const { requestedBy, requestedAt, decidedBy, decidedAt, note, expiresAt } = exception;
  return (
    <dl className="kv">
      <dt>{scope.term}</dt>
      <dd className="breakable">{scope.words(exception, (id) => collections?.find((one) => one.id === id)?.name)}</dd>
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
      {note !== undefined && note !== '' && (
        <>
          <dt>Note</dt>
          <dd>{note}</dd>
        </>
      )}
    </dl>
  );
}
