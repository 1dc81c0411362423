import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { type EnvironmentRow, getTrend, type Overview } from '#explorer/contract.ts';
import { reading } from '../../api.ts';
import { environmentKey, environmentName, placementsInOrder, useEnvironment } from '../../app/environment.ts';
import { fromFirstKnown } from '../../ui/chart-data.ts';
import { count, counted } from '../../ui/format.ts';
import { Glow } from '../../ui/glow.tsx';
import { type MarkState, State } from '../../ui/state-mark.tsx';
import { isRiskKnown } from './risk-known.ts';
import { changeWithin, Trend } from '../../ui/trend.tsx';

/** Days that a trend goes back. */
const days = 30;

/** Risk now, one card for each environment that hosts stand in, prod first. */
export function EnvironmentCards({ overview }: { readonly overview: Overview }): ReactNode {
  const chosen = useEnvironment();
  const rows = overview.environments.filter(
    (row) =>
      (row.environment === undefined ? row.containers > 0 : row.hosts > 0) &&
      (chosen === undefined || environmentKey(row.environment) === chosen),
  );
  if (rows.length === 0) return null;
  return (
    <section className="section">
      <header>
        <h2>Risk now</h2>
        <span className="quiet small">of what runs, 0 to 100, by formula seawall-risk/1</span>
      </header>
      <ul className="env-cards">
        {placementsInOrder(rows).map((row) => (
          <Card key={environmentKey(row.environment)} row={row} />
        ))}
      </ul>
    </section>
  );
}

function Card({ row }: { readonly row: EnvironmentRow }): ReactNode {
  const environment = environmentKey(row.environment);
  const all = useQuery(reading(getTrend, { query: { environment, days } })).data?.points ?? [];
  const points = fromFirstKnown(all, ({ index }) => index > 0);
  const name = environmentName(row.environment);
  const indexes = points.map(({ at, index }) => ({ at, value: index }));
  return (
    <li className="env-card">
      <div className="env-head">
        <h3>
          <Link to="/" search={{ environment }}>
            {name}
          </Link>
        </h3>
        <State state={stateOf(row)}>{wordOf(row)}</State>
      </div>
      <Trend values={indexes} name={`Risk in ${name}, ${days} days`} />
      <p className="env-index">
        {isRiskKnown(row) ? (
          <>
            <Link className="figure" to="/vulnerabilities" search={{ environment, running: 'yes' }}>
              <Glow value={row.index.toFixed(1)}>{row.index.toFixed(1)}</Glow>
            </Link>
            <span className="small soft">
              of 100 <Change change={changeWithin(indexes, 7)} />
            </span>
          </>
        ) : (
          <span className="hatch-line small">Risk unknown: no image is judged</span>
        )}
      </p>
      <CardNumbers row={row} environment={environment} />
    </li>
  );
}

function CardNumbers(props: { readonly row: EnvironmentRow; readonly environment: string }): ReactNode {
  const { row, environment } = props;
  const verdicts = [
    ['fail', row.verdicts.fail, 'fail', 'fail'],
    ['cannot-judge', row.verdicts.cannotJudge, 'cannot be judged', 'cannot be judged'],
    ['pending', row.verdicts.pending, 'is not judged yet', 'are not judged yet'],
  ] as const;
  return (
    <ul className="env-numbers small soft">
      <li>
        <Link to="/images" search={{ environment }}>
          {counted(row.images, 'image')}
        </Link>
        {', '}
        <Link to="/containers" search={{ environment, state: 'up' }}>
          {counted(row.containers, 'container')}
        </Link>
      </li>
      {verdicts.map(
        ([verdict, number, one, many]) =>
          number > 0 && (
            <li key={verdict}>
              <Link to="/images" search={{ environment, verdict }}>
                {count(number)}
              </Link>{' '}
              {number === 1 ? (one === 'fail' ? 'fails' : one) : many}
            </li>
          ),
      )}
      {row.staleHosts > 0 && (
        <li className="hatch-line">
          <Link to="/hosts" search={{ environment, state: 'away' }}>
            {counted(row.staleHosts, 'host')}
          </Link>{' '}
          away: this may be out of date
        </li>
      )}
    </ul>
  );
}

function stateOf({ verdicts, staleHosts, images }: EnvironmentRow): MarkState {
  if (verdicts.fail > 0) return 'fail';
  if (verdicts.cannotJudge + verdicts.pending + staleHosts > 0 || images === 0) return 'unknown';
  return 'pass';
}

function wordOf(row: EnvironmentRow): string {
  const { verdicts, staleHosts, images } = row;
  if (verdicts.fail > 0)
    return `${count(verdicts.fail)} of ${counted(images, 'image')} ${verdicts.fail === 1 ? 'fails' : 'fail'}`;
  if (images === 0) return 'Nothing known';
  if (verdicts.cannotJudge + verdicts.pending > 0) return 'Not all judged';
  return staleHosts > 0 ? 'Out of date' : 'All pass';
}

function Change({ change }: { readonly change: number | undefined }): ReactNode {
  if (change === undefined) return null;
  const text = `${change > 0 ? '+' : change < 0 ? '−' : '±'}${Math.abs(change).toFixed(1)} in 7 days`;
  return <span className={change >= 0.05 ? 'worse' : 'quiet'}>{text}</span>;
}
