import { type ReactNode, useState } from 'react';
import type { ReplyOf } from '#http/index.ts';
import type { getReviewQueue, ReviewEntry } from '#runtime/contract.ts';
import { useMe } from '../../app/session.ts';
import { count, counted, shortDigest } from '../../ui/format.ts';
import { When } from '../../ui/marks.tsx';

interface Props {
  readonly queue: ReplyOf<typeof getReviewQueue>;
  /** Asks whether a decision is to be taken back. */
  readonly ask: (entry: ReviewEntry) => void;
}

/** Decisions that are shown before the rest is asked for. */
const first = 8;

/** What people decided, how far it reaches and where it came from. */
export function Decided({ queue, ask }: Props): ReactNode {
  const [open, setOpen] = useState(false);
  const shown = open ? queue.decided : queue.decided.slice(0, first);
  if (queue.decided.length === 0) return null;
  return (
    <>
      <h3 className="decided-head">{counted(queue.decisions, 'decision')} of people</h3>
      <ul className="queue">
        {shown.map((entry) => (
          <DecidedEntry key={entry.id} entry={entry as ReviewEntry} ask={ask} />
        ))}
      </ul>
      {queue.decided.length > shown.length && (
        <button type="button" className="btn plain small" onClick={() => setOpen(true)}>
          {count(queue.decided.length - shown.length)} more
        </button>
      )}
    </>
  );
}

function DecidedEntry({ entry, ask }: { readonly entry: ReviewEntry; readonly ask: Props['ask'] }): ReactNode {
  const mayDecide = useMe()?.permissions.includes('write-rules') === true;
  const { path, caller, state, decision } = entry;
  return (
    <li>
      <div>
        <p className="breakable">
          <span className="mono">{path}</span>
          <span className="mark dashed">{state === 'denied' ? 'denied' : 'allowed'}</span>
        </p>
        <p className="small quiet breakable">
          {caller !== undefined && `Started by ${caller}. `}
          {decision !== undefined && (
            <>
              By {decision.by}, <When moment={decision.at} />
              {decision.reason !== '' && `: ${decision.reason}`}. {reachWords(decision)}
            </>
          )}
        </p>
      </div>
      {mayDecide && (
        <div className="actions">
          <button type="button" className="btn" onClick={() => ask(entry)}>
            Revoke…<span className="sr"> {path}</span>
          </button>
        </div>
      )}
    </li>
  );
}

function reachWords({ scope, from }: NonNullable<ReviewEntry['decision']>): string {
  if (from !== undefined) return `Inherited from ${shortDigest(from)}; applies to later versions.`;
  return scope === 'lineage' ? 'Applies to later versions.' : 'This version only.';
}
