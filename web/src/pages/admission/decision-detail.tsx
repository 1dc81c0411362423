import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { type DecisionAtHost, listDecisions } from '#admission/contract.ts';
import { reading } from '../../api.ts';
import { environmentName } from '../../app/environment.ts';
import { ErrorState, Skeleton } from '../../ui/blank.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Hash, Minute } from '../../ui/marks.tsx';
import { State } from '../../ui/state-mark.tsx';
import { answerMark, answerWord, causeWords, gateWords, took } from './decision-words.ts';

/** One answer of a gate: what and why, the evidence, and the whole record. */
export function DecisionDetail({ id }: { readonly id: string }): ReactNode {
  const { data, error, refetch } = useQuery(reading(listDecisions, { query: { id, limit: 1 } }));
  if (error) return <ErrorState error={error} retry={() => void refetch()} />;
  if (data === undefined) {
    return (
      <div className="d-head" aria-busy="true">
        <Skeleton width={220} />
      </div>
    );
  }
  const [decision] = data.decisions as readonly DecisionAtHost[];
  if (decision === undefined) {
    return (
      <div className="d-head">
        <h2>No such decision</h2>
        <p className="soft">It is older than the history, or your scope does not include it.</p>
      </div>
    );
  }
  return (
    <>
      <div className="d-head">
        <div className="d-title">
          <h2>{decision.subject}</h2>
        </div>
        <State state={answerMark(decision)}>{answerWord(decision)}</State>
        <p className="d-reason">{decision.reason}</p>
      </div>
      <Evidence evidence={decision.evidence} />
      <Facts decision={decision} />
      <section className="d-sec">
        <h3 className="sec-line">
          Record <CopyButton text={JSON.stringify(decision, undefined, 2)} what="the decision" />
        </h3>
      </section>
    </>
  );
}

function Evidence({ evidence }: Pick<DecisionAtHost, 'evidence'>): ReactNode {
  if (evidence.length === 0) return null;
  return (
    <section className="d-sec">
      <h3>Evidence</h3>
      <ul className="small evidence-list">
        {evidence.map((sentence) => (
          <li key={sentence} className="breakable">
            {sentence}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Facts({ decision }: { readonly decision: DecisionAtHost }): ReactNode {
  const { time, gate, ring, action, principal, cause, container, host, environment, milliseconds, held } = decision;
  return (
    <section className="d-sec">
      <h3>Request</h3>
      <dl className="kv">
        <dt>When</dt>
        <dd>
          <Minute moment={time} />
        </dd>
        <dt>Gate</dt>
        <dd>
          {gateWords[gate]}, ring {ring}
        </dd>
        <dt>Asked for</dt>
        <dd>{action}</dd>
        <dt>By</dt>
        <dd>{principal ?? 'unknown: the gate does not see who asked'}</dd>
        <dt>Cause</dt>
        <dd>{causeWords[cause]}</dd>
        <RuleAndImage decision={decision} />
        <dt>Host</dt>
        <dd>
          {host}, {environmentName(environment)}
        </dd>
        {container !== undefined && (
          <>
            <dt>Container</dt>
            <dd className="mono">{container.slice(0, 12)}</dd>
          </>
        )}
        <dt>Answered in</dt>
        <dd>
          {took(milliseconds)}
          {held !== undefined && held > 0 && `, held ${took(held)} for the scan of the image`}
        </dd>
        <Armed decision={decision} />
        <LateAnswer decision={decision} />
      </dl>
    </section>
  );
}

/** Settings are judged by compliance rules, as checks are. */
function isCompliance(cause: DecisionAtHost['cause']): boolean {
  return cause === 'compliance' || cause === 'settings';
}

function RuleAndImage({ decision: { rule, digest, cause } }: { readonly decision: DecisionAtHost }): ReactNode {
  return (
    <>
      <dt>Rule</dt>
      <dd>
        {rule === undefined ? (
          'none'
        ) : (
          <>
            <Link to={isCompliance(cause) ? '/compliance-rules' : '/admission-rules'} search={{ rule: rule.id }}>
              {rule.name}
            </Link>
            , version {rule.version}
          </>
        )}
      </dd>
      <dt>Image</dt>
      <dd>
        {digest === undefined ? (
          'unknown'
        ) : (
          <>
            <Link to="/images/$subject" params={{ subject: digest }}>
              Page of the image
            </Link>{' '}
            <Hash digest={digest} what="the digest" />
          </>
        )}
      </dd>
    </>
  );
}

function Armed({ decision: { armed } }: { readonly decision: DecisionAtHost }): ReactNode {
  if (armed === undefined) return null;
  return (
    <>
      <dt>Sensor</dt>
      <dd>
        {armed.state === 'armed'
          ? `ready before the first instruction, after ${took(armed.milliseconds)}`
          : `not ready${armed.milliseconds < 1 ? '' : ` within ${took(armed.milliseconds)}`}: the first programs ran unwatched`}
      </dd>
    </>
  );
}

function LateAnswer({ decision: { lateAnswer } }: { readonly decision: DecisionAtHost }): ReactNode {
  if (lateAnswer === undefined) return null;
  return (
    <>
      <dt>Late answer</dt>
      <dd className="breakable">
        {lateAnswer.answer === 'deny' ? 'refused' : 'allowed'} by the agent after {took(lateAnswer.milliseconds)}, too
        late: {lateAnswer.reason}
      </dd>
    </>
  );
}
