import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { HostGate } from '../../../../src/gate/contract.ts';
import { EmptyState, Skeleton } from '../../ui/blank.tsx';
import { useNow } from '../../ui/clock.ts';
import { EnvironmentMark } from '../../ui/environment-mark.tsx';
import { count, shortDigest, span } from '../../ui/format.ts';
import { When } from '../../ui/marks.tsx';
import { State } from '../../ui/state-mark.tsx';
import { causeWords } from './decision-words.ts';
import { authorizationWords, engineWords, gateStatus, linesWord, trialWord, wrapperWords } from './gate-words.ts';
import { TriedLines } from './tried-lines-list.tsx';

/** Each host: its gates, what to do next, its rogue containers, and what root allowed. */
export function GatesView({ gates }: { readonly gates: readonly HostGate[] | undefined }): ReactNode {
  if (gates === undefined) {
    return (
      <p className="section" aria-busy="true">
        <Skeleton width={420} />
      </p>
    );
  }
  if (gates.length === 0) {
    return (
      <EmptyState icon="deployments" title="Gates appear here with their hosts">
        <p className="soft">
          Add a host on the page <Link to="/hosts">Hosts</Link>, then install its gate there, as root:
        </p>
        <div className="command">
          <code>seawall gate install</code>
        </div>
      </EmptyState>
    );
  }
  return (
    <ul className="gates" aria-label="Gates of hosts">
      {gates.map((gate) => (
        <GateOfHost key={gate.host} of={gate} />
      ))}
    </ul>
  );
}

function GateOfHost({ of }: { readonly of: HostGate }): ReactNode {
  const { state, word, todo } = gateStatus(of, useNow());
  return (
    <li className={of.stale ? 'stale' : undefined}>
      <header>
        <h2>{of.host}</h2>
        <EnvironmentMark environment={of.environment} />
        <State state={state}>{word}</State>
        {of.reportedAt !== undefined && (
          <span className="quiet small end">
            reported <When moment={of.reportedAt} />
          </span>
        )}
      </header>
      {of.gate !== undefined && <Parts gate={of.gate} trials={of.trials} />}
      {todo.length > 0 && (
        <ul className="todo small" aria-label="What to do next">
          {todo.map((one) => (
            <li key={one}>
              <Coded text={one} />
            </li>
          ))}
        </ul>
      )}
      {of.trials !== undefined && <TriedLines of={of} />}
      <Rogues rogues={of.rogues} />
      <BreakGlass entries={of.breakGlass} />
    </li>
  );
}

/** What stands between backquotes is code. */
function Coded({ text }: { readonly text: string }): ReactNode {
  return text.split('`').map((part, index) => (index % 2 === 1 ? <code key={part}>{part}</code> : part));
}

function Parts({
  gate,
  trials,
}: {
  readonly gate: NonNullable<HostGate['gate']>;
  readonly trials: HostGate['trials'];
}): ReactNode {
  const { wrapper, authorization, ledger, engine, canary } = gate;
  return (
    <dl className="gate-parts">
      <div>
        <dt>Runtime wrapper</dt>
        <dd>{wrapperWords[wrapper]}</dd>
      </div>
      <div>
        <dt>Docker authorization</dt>
        <dd>{authorizationWords[authorization]}</dd>
      </div>
      <div>
        <dt>Ledger</dt>
        <dd>
          {ledger === undefined ? (
            'none'
          ) : (
            <>
              {count(ledger.entries)} entries, number {count(ledger.sequence)}, <When moment={ledger.issuedAt} />
            </>
          )}
        </dd>
      </div>
      <div>
        <dt>Engine</dt>
        <dd>{engine === undefined ? 'unknown' : engineWords(engine)}</dd>
      </div>
      <div>
        <dt>Trial</dt>
        <dd>
          {trialWord(gate)} {canary !== undefined && <When moment={canary.at} />}
        </dd>
      </div>
      <div>
        <dt>Block lines</dt>
        <dd>
          {trials === undefined ? 'not tried yet' : linesWord(trials)}
          {trials?.last !== undefined && (
            <>
              , last <When moment={trials.last} />
            </>
          )}
        </dd>
      </div>
    </dl>
  );
}

function Rogues({ rogues }: Pick<HostGate, 'rogues'>): ReactNode {
  if (rogues.length === 0) return null;
  return (
    <section className="past">
      <h3>Rogue containers</h3>
      <ul className="small">
        {rogues.map((one) => (
          <li key={one.container}>
            <State state={one.outcome === 'stopped' ? 'stopped' : 'fail'}>
              {one.outcome === 'stopped' ? 'Stopped' : 'Runs'}
            </State>
            <span>
              <Link to="/containers" search={{ search: one.container }} className="strong">
                {one.name}
              </Link>{' '}
              of {one.image}, since <When moment={one.since} />: {causeWords[one.cause]}.{' '}
              <span className="quiet">{one.reason}</span>
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function BreakGlass({ entries }: { readonly entries: HostGate['breakGlass'] }): ReactNode {
  const now = useNow().getTime();
  if (entries.length === 0) return null;
  return (
    <section className="past">
      <h3>Allowed by root of the host</h3>
      <ul className="small">
        {entries.map(({ id, digest, until, reason, user }) => {
          const left = Date.parse(until) - now;
          return (
            <li key={id}>
              <State state={left > 0 ? 'partly' : 'pass'}>{left > 0 ? `${span(left)} left` : 'Ended'}</State>
              <span>
                <Link to="/images/$subject" params={{ subject: digest }} className="mono">
                  {shortDigest(digest)}
                </Link>{' '}
                by {user}: {reason}
              </span>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
