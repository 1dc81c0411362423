import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import type { ReplyOf } from '#http/index.ts';
import { getReviewQueue, type ReviewGroup, type ReviewGrouping, type ReviewEntry } from '#runtime/contract.ts';
import { reading } from '../../api.ts';
import { useMe } from '../../app/session.ts';
import { Skeleton } from '../../ui/blank.tsx';
import { Failure } from '../../ui/failure.tsx';
import { count, counted } from '../../ui/format.ts';
import { Glow } from '../../ui/glow.tsx';
import { When } from '../../ui/marks.tsx';
import { DecideDialog, type ToDecide } from './decide-dialog.tsx';
import { Decided } from './decided-entries.tsx';
import { groupings } from './model-search.ts';
import { cautionMarks, groupingWords, groupName } from './review-words.ts';

const route = getRouteApi('/inside/runtime/$id');

type Queue = ReplyOf<typeof getReviewQueue>;

/** What waits for a person, in groups that can be decided about at once, and what people decided. */
export function ReviewQueue({ model }: { readonly model: string }): ReactNode {
  const { by = 'program' } = route.useSearch();
  const [asked, setAsked] = useState<ToDecide>();
  const { data, error } = useQuery({
    ...reading(getReviewQueue, { params: { id: model }, query: { by } }),
    placeholderData: (before) => before,
  });
  return (
    <section className="section" id="review">
      <header>
        <h2>Review queue</h2>
        {data !== undefined && (
          <span className="quiet small">
            <Glow value={data.waiting}>{counted(data.waiting, 'entry waits', 'entries wait')}</Glow>; nothing here is in
            the model
          </span>
        )}
        <GroupBy by={by} />
      </header>
      {error !== null && data === undefined && <Failure error={error} />}
      {data === undefined && error === null && (
        <p aria-busy="true">
          <Skeleton width={320} />
        </p>
      )}
      {data !== undefined && (
        <>
          {data.waiting === 0 && <p className="soft">Nothing waits for you.</p>}
          <ul className="queue">
            {data.groups.map((group) => (
              <Group
                key={`${by} ${group.name} ${group.since} ${group.caution}`}
                group={group as ReviewGroup}
                by={by}
                queue={data}
                ask={(decision, entries, what) => setAsked({ model, decision, entries, what })}
              />
            ))}
          </ul>
          <Decided
            queue={data}
            ask={(entry) => setAsked({ model, decision: 'undo', entries: [entry.id], what: entry.path })}
          />
        </>
      )}
      <DecideDialog asked={asked} close={() => setAsked(undefined)} />
    </section>
  );
}

function GroupBy({ by }: { readonly by: ReviewGrouping }): ReactNode {
  const navigate = route.useNavigate();
  return (
    <div className="seg" role="group" aria-label="Group by">
      {groupings.map((one) => (
        <button
          key={one}
          type="button"
          aria-pressed={one === by}
          onClick={() => void navigate({ search: (now) => ({ ...now, by: one }), replace: true, resetScroll: false })}
        >
          {groupingWords[one]}
        </button>
      ))}
    </div>
  );
}

type Ask = (decision: 'allow' | 'deny', entries: readonly string[], what: string) => void;

interface GroupProps {
  readonly group: ReviewGroup;
  readonly by: ReviewGrouping;
  readonly queue: Queue;
  readonly ask: Ask;
}

function Group({ group, by, queue, ask }: GroupProps): ReactNode {
  const { entries, caution, lastSeenAt } = group;
  const [only] = entries;
  const [open, setOpen] = useState(false);
  const name = groupName(group, by);
  const once = entries.slice(0, queue.most);
  const decide = (decision: 'allow' | 'deny'): void =>
    ask(
      decision,
      once.map(({ id }) => id),
      once.length === 1 ? (only?.path ?? name) : `${counted(once.length, 'entry', 'entries')} of ${name}`,
    );
  return (
    <li>
      <div>
        <p className="breakable">
          <span className={by === 'program' ? 'mono' : 'strong'}>{name}</span>
          {caution !== undefined && <span className="mark dashed">{cautionMarks[caution]}</span>}
          {entries.length > 1 && <span className="quiet"> {count(entries.length)} entries</span>}
        </p>
        {entries.length === 1 && only !== undefined && by === 'program' ? (
          <Words of={only} />
        ) : (
          <details className="small" onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
            <summary>
              Show {entries.length === 1 ? 'the entry' : `${count(entries.length)} entries`}
              <span className="sr"> of {name}</span>
              {lastSeenAt !== undefined && (
                <span className="quiet">
                  , last seen <When moment={lastSeenAt} />
                </span>
              )}
            </summary>
            {open && (
              <ul className="group-entries">
                {entries.map((entry) => (
                  <Entry key={entry.id} entry={entry} ask={ask} />
                ))}
              </ul>
            )}
          </details>
        )}
      </div>
      <Buttons name={name} caution={caution} decide={decide} entries={once.length} />
    </li>
  );
}

interface ButtonsProps {
  readonly name: string;
  readonly caution?: ReviewGroup['caution'];
  readonly entries: number;
  readonly decide: (decision: 'allow' | 'deny') => void;
}

function Buttons({ name, entries, decide }: ButtonsProps): ReactNode {
  const mayDecide = useMe()?.permissions.includes('write-rules') === true;
  if (!mayDecide) return null;
  const number = entries === 1 ? '' : ` ${count(entries)}`;
  return (
    <div className="actions">
      <button type="button" className="btn" onClick={() => decide('deny')}>
        Deny{number}…<span className="sr"> {name}</span>
      </button>
      <button type="button" className="btn" onClick={() => decide('allow')}>
        Allow{number}…<span className="sr"> {name}</span>
      </button>
    </div>
  );
}

function Entry({ entry, ask }: { readonly entry: ReviewEntry; readonly ask: Ask }): ReactNode {
  const { id, path } = entry;
  return (
    <li>
      <div>
        <p className="mono breakable">{path}</p>
        <Words of={entry} />
      </div>
      <Buttons name={path} entries={1} decide={(decision) => ask(decision, [id], path)} />
    </li>
  );
}

function Words({ of: { caller, lastSeenAt, why, entry, key } }: { readonly of: ReviewEntry }): ReactNode {
  return (
    <p className="small quiet breakable">
      {caller !== undefined && `started by ${caller}. `}
      {lastSeenAt !== undefined && (
        <>
          Last seen <When moment={lastSeenAt} />.{' '}
        </>
      )}
      {why} <code>{entry ?? key}</code>
    </p>
  );
}
