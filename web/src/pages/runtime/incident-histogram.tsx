import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type CSSProperties, type ReactNode, useState } from 'react';
import { countIncidentDays } from '#runtime/contract.ts';
import { reading } from '../../api.ts';
import { useEnvironment } from '../../app/environment.ts';
import { timeQuery } from '../../app/time-range.ts';
import { useNow } from '../../ui/clock.ts';
import { count, counted, date, shortDay } from '../../ui/format.ts';
import { SeverityGlyph, severityWords } from '../../ui/severity.tsx';
import { axisTop, type HistogramDay, histogramDays } from './incident-days.ts';
import { incidentSeverities, type IncidentsSearch } from './incidents-search.ts';
import './incident-histogram.css';

interface HistogramProps {
  readonly search: IncidentsSearch;
  /** Since when spans such as "the last 24 hours" count back, in milliseconds. */
  readonly openedAt: number;
}

/** Incidents by the day when they were last seen and by severity, under the filters of the list; a bar leads to its day. */
export function IncidentHistogram({ search, openedAt }: HistogramProps): ReactNode {
  const environment = useEnvironment();
  const now = useNow();
  const [pointed, point] = useState<string>();
  const { since, from, until, ...filter } = search;
  const times = timeQuery({ since, from, until }, openedAt);
  const { timeZone: zone } = new Intl.DateTimeFormat().resolvedOptions();
  const { data } = useQuery(reading(countIncidentDays, { query: { ...filter, ...times, environment, zone } }));
  if (data === undefined) return <div className="histogram-space" aria-busy="true" />;
  const days = histogramDays(data.days, { ...times, now });
  const all = days.reduce((sum, { total }) => sum + total, 0);
  if (all === 0) return null;
  const shown = days.find(({ day }) => day === pointed);
  return (
    <figure className="histogram" aria-label="Incidents by day">
      <Bars days={days} search={search} point={point} />
      <p className="histogram-readout small quiet" aria-hidden="true">
        {shown === undefined ? (
          <>
            {counted(all, 'incident')} in {counted(days.length, 'day')}, by the day last seen ({zone})
          </>
        ) : (
          <DayWords day={shown} />
        )}
      </p>
      <DayTable days={days} />
    </figure>
  );
}

interface BarsProps {
  readonly days: readonly HistogramDay[];
  readonly search: IncidentsSearch;
  readonly point: (day: string | undefined) => void;
}

function Bars({ days, search, point }: BarsProps): ReactNode {
  const top = axisTop(days);
  return (
    <div className="histogram-plot">
      <div className="histogram-axis micro quiet" aria-hidden="true">
        {[top, top / 2, 0].map((tick) => (
          <span key={tick}>{count(tick)}</span>
        ))}
      </div>
      <div className="histogram-bars" onPointerLeave={() => point(undefined)}>
        {days.map((one) =>
          one.total === 0 ? (
            <span key={one.day} className="histogram-day" onPointerEnter={() => point(one.day)} />
          ) : (
            <Link
              key={one.day}
              className="histogram-day"
              to="/incidents"
              search={{ ...search, since: undefined, from: one.day, until: one.day }}
              resetScroll={false}
              aria-label={wordsOf(one)}
              title={wordsOf(one)}
              onPointerEnter={() => point(one.day)}
              onFocus={() => point(one.day)}
              onBlur={() => point(undefined)}
            >
              <Bar day={one} top={top} />
            </Link>
          ),
        )}
      </div>
      <div className="histogram-days micro quiet" aria-hidden="true">
        {namedDays(days).map((day) => (
          <span key={day}>{shortDay(noonOf(day))}</span>
        ))}
      </div>
    </div>
  );
}

/** The gravest lies at the bottom, where bars are compared best. */
function Bar({ day, top }: { readonly day: HistogramDay; readonly top: number }): ReactNode {
  return incidentSeverities.map(
    (severity) =>
      day[severity] > 0 && (
        <i
          key={severity}
          data-severity={severity}
          aria-hidden="true"
          style={{ '--v': (100 * day[severity]) / top } as CSSProperties}
        />
      ),
  );
}

/** The first day, the last one and the one between. */
function namedDays(days: readonly HistogramDay[]): readonly string[] {
  const places = [0, Math.floor((days.length - 1) / 2), days.length - 1];
  return [...new Set(places.flatMap((place) => days[place]?.day ?? []))];
}

/** Seconds since 1970 of the middle of a day, which is on that day in every zone of the reader. */
function noonOf(day: string): number {
  const [year = 0, month = 1, of = 1] = day.split('-').map(Number);
  return new Date(year, month - 1, of, 12).getTime() / 1000;
}

function nameOf(day: string): string {
  return date(new Date(noonOf(day) * 1000).toISOString());
}

function wordsOf(one: HistogramDay): string {
  const parts = incidentSeverities
    .filter((severity) => one[severity] > 0)
    .map((severity) => `${count(one[severity])} ${severityWords[severity]}`);
  return `${nameOf(one.day)}: ${parts.length === 0 ? 'none' : parts.join(', ')}`;
}

function DayWords({ day }: { readonly day: HistogramDay }): ReactNode {
  return (
    <>
      {nameOf(day.day)}: {day.total === 0 && 'none'}
      {incidentSeverities.map(
        (severity) =>
          day[severity] > 0 && (
            <span key={severity} className="sev" data-severity={severity}>
              <SeverityGlyph severity={severity} />
              {count(day[severity])} {severityWords[severity]}
            </span>
          ),
      )}
    </>
  );
}

/** The same numbers for screen readers; days without incidents are left out. */
function DayTable({ days }: { readonly days: readonly HistogramDay[] }): ReactNode {
  return (
    <div className="sr">
      <table aria-label="Incidents by day and severity">
        <thead>
          <tr>
            <th scope="col">Day</th>
            {incidentSeverities.map((severity) => (
              <th key={severity} scope="col">
                {severityWords[severity]}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {days
            .filter(({ total }) => total > 0)
            .map((one) => (
              <tr key={one.day}>
                <th scope="row">{nameOf(one.day)}</th>
                {incidentSeverities.map((severity) => (
                  <td key={severity}>{count(one[severity])}</td>
                ))}
              </tr>
            ))}
        </tbody>
      </table>
    </div>
  );
}
