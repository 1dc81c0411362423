import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { type HostGate, listTrials, type TrialLine } from '../../../../src/gate/contract.ts';
import { reading } from '../../api.ts';
import { ErrorState, Skeleton } from '../../ui/blank.tsx';
import { useNow } from '../../ui/clock.ts';
import { Minute } from '../../ui/marks.tsx';
import { State } from '../../ui/state-mark.tsx';
import {
  type Heard,
  heardOf,
  isCheck,
  lineWord,
  type RingsOfLine,
  ringsWord,
  type TriedLine,
  triedLines,
  triesWord,
} from './tried-lines.ts';

/** Block lines in force on a host and how each was answered, read when a person opens it. */
export function TriedLines({ of }: { readonly of: HostGate }): ReactNode {
  const [open, setOpen] = useState(false);
  return (
    <details className="tried-lines small" onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>
        Block lines<span className="sr"> of {of.host}</span>
      </summary>
      {open && <LinesOfHost of={of} />}
    </details>
  );
}

function LinesOfHost({ of: { host, stale } }: { readonly of: HostGate }): ReactNode {
  const now = useNow();
  const { data, error, refetch } = useQuery(reading(listTrials, { query: { host } }));
  if (error && data === undefined) return <ErrorState error={error} retry={() => void refetch()} />;
  if (data === undefined) {
    return (
      <p aria-busy="true">
        <Skeleton width={360} />
      </p>
    );
  }
  const { trials } = data;
  if (trials === undefined || trials.lines.length === 0)
    return <p className="soft">No block line is in force on this host.</p>;
  const heard: Heard = stale ? { kind: 'silent' } : heardOf(trials, now);
  const lines = triedLines(trials.lines as readonly TrialLine[], heard);
  return (
    <ul aria-label={`Block lines of ${host}`}>
      {lines.map((line) => (
        <LineItem key={line.key} line={line} />
      ))}
    </ul>
  );
}

function LineItem({ line }: { readonly line: TriedLine }): ReactNode {
  const { check, rule, rings, mark } = line;
  return (
    <li>
      <State state={mark.state}>{mark.word}</State>
      <div>
        {isCheck(check) ? (
          <Link to="/compliance/checks" search={{ check }} className="strong">
            {check}
          </Link>
        ) : (
          <span className="strong">{lineWord(check)}</span>
        )}
        {rule !== undefined && ` of the rule ${rule.name}`}
        {rings.map((own) => (
          <Answered key={own.rings.join()} of={own} />
        ))}
      </div>
    </li>
  );
}

function Answered({ of }: { readonly of: RingsOfLine }): ReactNode {
  return (
    <p>
      {triesWord(of)}
      {of.last !== undefined && (
        <>
          , last <Minute moment={of.last} />
        </>
      )}
      , {ringsWord(of.rings)}
      {of.reason !== undefined && <span className="quiet">: {of.reason}</span>}
    </p>
  );
}
