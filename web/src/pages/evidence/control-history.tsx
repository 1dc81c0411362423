import type { ReactNode } from 'react';
import { type ControlDay, type getControl, longestStrip, stripDays } from '#explorer/contract.ts';
import type { ReplyOf } from '#http/index.ts';
import { useNow } from '../../ui/clock.ts';
import { count, percent } from '../../ui/format.ts';
import { Minute } from '../../ui/marks.tsx';
import {
  dayName,
  dayOf,
  type DayKind,
  type DaySlot,
  dayWords,
  lengthOf,
  monthMarks,
  ratePieces,
  slotsOf,
  withToday,
} from './days.ts';
import { DaysStrip } from './days-strip.tsx';
import type { ControlSearch } from './evidence-search.ts';
import { RateFigure, Rates } from './rates.tsx';
import { totalsOf } from './standing.ts';
import { unansweredWords } from './template-standing.ts';

type Reply = ReplyOf<typeof getControl>;

interface HistoryProps {
  readonly reply: Reply;
  readonly search: ControlSearch;
}

const bounds = { least: stripDays, most: longestStrip };
const legend = ['met', 'partly', 'incomplete', 'not-met', 'gap'] as const satisfies readonly DayKind[];

/** Rate and coverage now, both over time, and why days are missing. */
export function ControlHistory({ reply, search }: HistoryProps): ReactNode {
  const { control, daysMissing, gaps } = reply;
  const { passed, assessed, applicable } = totalsOf(control.subjects);
  const unanswered = unansweredWords(control);
  return (
    <section className="section control-time" aria-label="Rate, coverage and history">
      <Rates>
        <RateFigure name="Rate" value={control.rate}>
          {count(passed)} of {count(assessed)} that were assessed pass
        </RateFigure>
        <RateFigure name="Coverage" value={control.coverage}>
          {count(assessed)} of {count(applicable)} are assessed{unanswered === '' ? '' : `; ${unanswered}`}
        </RateFigure>
      </Rates>
      {daysMissing === undefined ? (
        <Days reply={reply} search={search} />
      ) : (
        <div className="history">
          <p className="soft small">{daysMissing}</p>
          <Gaps gaps={gaps} isGappy={false} />
        </div>
      )}
    </section>
  );
}

/** Rate and state at the end of each day. */
function Days({ reply: { control, days, gaps }, search }: HistoryProps): ReactNode {
  const today = dayOf(useNow());
  const until = search.at === undefined || search.at > today ? today : search.at;
  const records: readonly ControlDay[] = until === today ? withToday(days, { ...control, day: today }) : days;
  const slots = slotsOf(records, { until, length: lengthOf(records, { until, ...bounds }) });
  return (
    <figure className="history">
      <RateLine slots={slots} />
      <DaysStrip
        slots={slots}
        name={`How ${control.id} stood at the end of each day, UTC`}
        linkTo={(day) => ({
          to: '.',
          search: ((before: object) => ({ ...before, at: day === today ? undefined : day })) as never,
        })}
      />
      <Months slots={slots} />
      <figcaption className="small">
        {legend
          .filter((kind) => slots.some((slot) => slot.kind === kind))
          .map((kind) => (
            <span key={kind} className="days-strip legend">
              <i className={kind === 'gap' ? 'hatch' : undefined} data-day={kind} aria-hidden="true" />
              {dayWords[kind]}
            </span>
          ))}
      </figcaption>
      <Gaps gaps={gaps} isGappy={slots.some(({ kind }) => kind === 'gap')} />
    </figure>
  );
}

const tall = 40;

/** The rate as a line that breaks where nothing is known. */
function RateLine({ slots }: { readonly slots: readonly DaySlot[] }): ReactNode {
  const pieces = ratePieces(slots);
  const [low, last] = [Math.min(...pieces.flat().map(([, rate]) => rate)), pieces.at(-1)?.at(-1)];
  const words =
    last === undefined
      ? 'Rate by day: none was measured'
      : `Rate by day: ${percent(last[1])} at the end, ${percent(low)} at the lowest`;
  return (
    <div className="rate-line">
      <svg viewBox={`0 0 ${slots.length} ${tall}`} preserveAspectRatio="none" role="img" aria-label={words}>
        <path className="grid" d={`M0 1H${slots.length}M0 ${tall / 2}H${slots.length}M0 ${tall - 1}H${slots.length}`} />
        {pieces.map((piece) => (
          <polyline
            key={piece[0]?.[0]}
            // A single day is as wide as its bar.
            points={(piece.length === 1 ? [...piece, ...piece] : piece)
              .map(([place, rate], index) => {
                const x = piece.length === 1 ? place + index : place + 0.5;
                return `${x},${1 + (1 - rate) * (tall - 2)}`;
              })
              .join(' ')}
          />
        ))}
      </svg>
      <span aria-hidden="true">100 %</span>
      <span aria-hidden="true">0 %</span>
    </div>
  );
}

function Months({ slots }: { readonly slots: readonly DaySlot[] }): ReactNode {
  const marks = monthMarks(slots);
  const [first, last] = [slots[0], slots.at(-1)];
  if (marks.length < 2)
    return (
      <p className="months ends" aria-hidden="true">
        <span>{first && dayName(first.day)}</span>
        <span>{last && dayName(last.day)}</span>
      </p>
    );
  return (
    <p className="months" aria-hidden="true">
      {marks.map(([place, day]) => (
        <span key={day} style={{ left: `${(place / slots.length) * 100}%` }}>
          {dayName(day).split(' ')[1]}
        </span>
      ))}
    </p>
  );
}

/** Gaps that are listed before a person asks for the rest. */
const fewGaps = 5;

function Gaps({ gaps, isGappy }: { readonly gaps: Reply['gaps']; readonly isGappy: boolean }): ReactNode {
  if (gaps.length === 0)
    return isGappy ? (
      <p className="small quiet">Hatched days have no record: this console did not look at the control on them.</p>
    ) : null;
  const [shown, rest] = [gaps.slice(0, fewGaps), gaps.slice(fewGaps)];
  return (
    <div className="gaps small">
      <h2 className="label">Why days are missing, or fewer subjects were assessed</h2>
      <GapList gaps={shown} />
      {rest.length > 0 && (
        <details>
          <summary>{count(rest.length)} more</summary>
          <GapList gaps={rest} />
        </details>
      )}
    </div>
  );
}

function GapList({ gaps }: { readonly gaps: Reply['gaps'] }): ReactNode {
  return (
    <ul>
      {gaps.map(({ from, to, host, reason }) => (
        <li key={`${from} ${host} ${reason}`}>
          <Minute moment={from} /> to {to === undefined ? 'now' : <Minute moment={to} />}: <b>{host}</b>, {reason}
        </li>
      ))}
    </ul>
  );
}
