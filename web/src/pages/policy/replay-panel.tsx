import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { PolicyReplay, Violation } from '#policy/contract.ts';
import { EnvironmentMark } from '../../ui/environment-mark.tsx';
import { Failure } from '../../ui/failure.tsx';
import { count, counted } from '../../ui/format.ts';
import { When } from '../../ui/marks.tsx';
import { StateGlyph, VerdictMark } from '../../ui/state-mark.tsx';
import { change, sayReplay } from './replay-words.ts';
import type { Replay } from './use-replay.ts';

interface PanelProps {
  readonly replay: Replay;
  readonly days: number;
}

/** What a text would change on what runs and on past builds. */
export function ReplayPanel({ replay, days }: PanelProps): ReactNode {
  const { result, state, error } = replay;
  return (
    <div className="replay" aria-busy={state === 'on-its-way'}>
      {state === 'failed' && (
        <>
          <Failure error={error} />
          <button type="button" className="btn" onClick={replay.again}>
            Try again
          </button>
        </>
      )}
      {result === undefined ? (
        state !== 'failed' && (
          <p className="quiet">{state === 'none' ? 'Nothing to replay yet.' : 'Replay is running …'}</p>
        )
      ) : (
        <div className={state === 'exact' ? undefined : 'out-of-date'}>
          {state !== 'exact' && <p className="quiet micro">Before the last change:</p>}
          <Summary result={result} days={days} />
          <Changes result={result} />
        </div>
      )}
      <p className="quiet micro" role="status">
        {state === 'exact' && result && `Replay took ${count(Math.round(result.milliseconds))} ms. Nothing was saved.`}
        {state === 'on-its-way' && 'Replay is running …'}
      </p>
    </div>
  );
}

function Summary({ result, days }: { readonly result: PolicyReplay; readonly days: number }): ReactNode {
  const { state, verdict, reason } = sayReplay(result);
  const sides = [
    ['runs', 'Running now', result.running],
    ['builds', `Builds of ${counted(days, 'day')}`, result.builds],
  ] as const;
  return (
    <>
      <p className="replay-verdict">
        <StateGlyph state={state} />
        <span>
          <span className="strong">{verdict}</span> {reason}
        </span>
      </p>
      <table className="replay-table" aria-label="Verdicts before and after">
        <thead>
          <tr>
            <th scope="col">
              <span className="sr">What</span>
            </th>
            <th scope="col" className="num">
              Fail
            </th>
            <th scope="col" className="num">
              No verdict
            </th>
            <th scope="col" className="num">
              Pass
            </th>
            <th scope="col" className="num">
              Violations
            </th>
          </tr>
        </thead>
        <tbody>
          {sides.map(([key, name, { judged, before, after }]) => (
            <tr key={key}>
              <th scope="row">
                {name} <span className="quiet">({count(judged)})</span>
              </th>
              {(['fail', 'cannotJudge', 'pass', 'violations'] as const).map((field) => (
                <td key={field} className={before[field] === after[field] ? 'num soft' : 'num strong'}>
                  {change(before[field], after[field])}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

function Changes({ result }: { readonly result: PolicyReplay }): ReactNode {
  if (result.changes.length === 0) return null;
  return (
    <ul className="changes" aria-label="Verdicts that would change">
      {result.changes.map((one) => (
        <li key={`${one.scan} ${one.environment ?? ''}`}>
          <div className="change-head">
            <Link to="/images/$subject" params={{ subject: one.subject }} className="breakable strong">
              {one.image}
            </Link>
            {one.environment === undefined ? (
              <span className="quiet small">
                build, <When moment={one.at} />
              </span>
            ) : (
              <EnvironmentMark environment={one.environment} />
            )}
          </div>
          <p className="from-to">
            <VerdictMark verdict={one.before} /> <span className="quiet">→</span> <VerdictMark verdict={one.after} />
          </p>
          <Violations word="added" violations={one.added} />
          <Violations word="resolved" violations={one.removed} />
        </li>
      ))}
    </ul>
  );
}

/** The console names this many of each change. */
const mostViolations = 20;

function Violations(props: {
  readonly word: 'added' | 'resolved';
  readonly violations: readonly Violation[];
}): ReactNode {
  const { word, violations } = props;
  if (violations.length === 0) return null;
  const many = violations.length >= mostViolations ? `${mostViolations} or more violations` : undefined;
  return (
    <details className="small">
      <summary>
        {many ?? counted(violations.length, 'violation')} {word}
      </summary>
      <ul className="code">
        {violations.map((violation, index) => (
          <li key={index} className={word === 'added' ? 'come' : 'go'}>
            {violation.message}
          </li>
        ))}
      </ul>
    </details>
  );
}
