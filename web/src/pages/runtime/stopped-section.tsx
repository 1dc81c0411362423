import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { getStops, type StoppedEntry, type Stops } from '#runtime/contract.ts';
import { reading } from '../../api.ts';
import { useMe } from '../../app/session.ts';
import { Skeleton } from '../../ui/blank.tsx';
import { Failure } from '../../ui/failure.tsx';
import { count, counted } from '../../ui/format.ts';
import { DecideDialog, type ToDecide } from './decide-dialog.tsx';
import { lookBacks } from './model-search.ts';
import { StopEvidence } from './stop-evidence.tsx';
import { StoppedRow } from './stopped-row.tsx';

const route = getRouteApi('/inside/runtime/$id');

/** What prevent would have stopped: asked for once by the head and the section. */
export function stopsReading(model: string, days: string) {
  return reading(getStops, { params: { id: model }, query: { days: Number(days) } as never });
}

/** Every entry that would have been stopped, its evidence, and the two decisions about it. */
export function StoppedSection({ model }: { readonly model: string }): ReactNode {
  const { days = '14' } = route.useSearch();
  const navigate = route.useNavigate();
  const [asked, setAsked] = useState<ToDecide>();
  const { data, error } = useQuery({ ...stopsReading(model, days), placeholderData: (before) => before });
  return (
    <section className="section" id="stops">
      <header>
        <h2>What prevent would have stopped</h2>
        <span className="quiet small">by the current model, with everything prevented</span>
        <div className="seg" role="group" aria-label="Days">
          {lookBacks.map((one) => (
            <button
              key={one}
              type="button"
              aria-pressed={one === days}
              onClick={() =>
                void navigate({ search: (now) => ({ ...now, days: one }), replace: true, resetScroll: false })
              }
            >
              {one} days
            </button>
          ))}
        </div>
      </header>
      {error !== null && data === undefined && <Failure error={error} />}
      {data === undefined && error === null && (
        <p aria-busy="true">
          <Skeleton width={420} />
        </p>
      )}
      {data !== undefined && (
        <>
          <Verdict stops={data as Stops} />
          <StopEvidence evidence={data.evidence as Stops['evidence']} />
          <Rows stops={data as Stops} ask={setAsked} model={model} />
        </>
      )}
      <DecideDialog asked={asked} close={() => setAsked(undefined)} />
    </section>
  );
}

function Verdict({ stops: { total, entries, evidence } }: { readonly stops: Stops }): ReactNode {
  const kept = entries.filter(({ decidedBy }) => decidedBy !== undefined).length;
  if (total === 0)
    return (
      <p className="soft">
        {evidence.unknown.length === 0
          ? `Nothing would have been prevented in ${evidence.days} days.`
          : 'Nothing known would have been prevented, and the evidence is incomplete.'}
      </p>
    );
  return (
    <p>
      <b>{counted(total, 'entry', 'entries')}</b> would have been prevented in {evidence.days} days
      {kept > 0 && `, of which ${count(kept)} ${kept === 1 ? 'was' : 'were'} denied by a person`}. Allow what the
      application needs; the rest is prevented once a rule prevents.
    </p>
  );
}

interface RowsProps {
  readonly stops: Stops;
  readonly model: string;
  readonly ask: (asked: ToDecide) => void;
}

function Rows({ stops: { entries, total }, model, ask }: RowsProps): ReactNode {
  const mayDecide = useMe()?.permissions.includes('write-rules') === true;
  const decide = ({ id, path, file }: StoppedEntry, decision: 'allow' | 'deny'): void => {
    const what = file === undefined ? path : `${path} runs ${file}`;
    if (id !== undefined) ask({ model, decision, entries: [id], what });
  };
  return (
    <>
      <ul className="queue stops">
        {entries.map((entry) => (
          <StoppedRow
            key={`${entry.key} ${entry.path} ${entry.caller} ${entry.file} ${entry.session}`}
            entry={entry}
            {...(mayDecide && { decide })}
          />
        ))}
      </ul>
      {total > entries.length && (
        <p className="small quiet">{counted(total - entries.length, 'entry', 'entries')} more are not listed.</p>
      )}
    </>
  );
}
