import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { type DecisionAtHost, listDecisions } from '#admission/contract.ts';
import { type HostGate, listGates } from '../../../../src/gate/contract.ts';
import { pageReading, reading } from '../../api.ts';
import { environmentKey, useEnvironment } from '../../app/environment.ts';
import { EmptyState, ErrorState } from '../../ui/blank.tsx';
import { useNow } from '../../ui/clock.ts';
import { DataTable } from '../../ui/data-table.tsx';
import { DetailPane } from '../../ui/detail-pane.tsx';
import { FilterBar, type FilterChoice } from '../../ui/filter-bar.tsx';
import { count, counted } from '../../ui/format.ts';
import { PageHead, WaitingHead } from '../../ui/page-head.tsx';
import type { RowSource } from '../../ui/paged-rows.ts';
import { ClustersSection } from './clusters-section.tsx';
import { DayStrip } from './day-strip.tsx';
import { decisionColumns } from './decision-columns.tsx';
import { DecisionDetail } from './decision-detail.tsx';
import { answerOptions, gateOptions, timeOptions } from './decision-words.ts';
import type { DeploymentsSearch } from './deployments-search.ts';
import { gateStanding } from './gate-words.ts';
import { GatesView } from './gates-view.tsx';
import './deployments-page.css';

const route = getRouteApi('/inside/deployments');
const title = 'Deployments';

/** What gates let start and refused, and how the gates stand. */
export function DeploymentsPage(): ReactNode {
  const { view } = route.useSearch();
  const environment = useEnvironment();
  const decided = useQuery(reading(listDecisions, { query: { environment, limit: 1 } }));
  const { data, error, refetch } = useQuery(reading(listGates));
  if (error && data === undefined) return <ErrorState error={error} retry={() => void refetch()} />;
  const gates = (data?.gates as readonly HostGate[] | undefined)?.filter(
    (one) => environment === undefined || environmentKey(one.environment) === environment,
  );
  return (
    <>
      <Head gates={gates} day={decided.data?.day} />
      <nav className="tabs" aria-label="Part">
        <Tab view={undefined} name="Decisions" number={decided.data?.total} />
        <Tab view="gates" name="Gates" number={gates?.length} />
      </nav>
      {view === 'gates' ? (
        <>
          <GatesView gates={gates} />
          <ClustersSection />
        </>
      ) : (
        <>
          {decided.data !== undefined && (decided.data.total ?? 0) > 0 && <DayStrip day={decided.data.day} />}
          <Decisions environment={environment} />
        </>
      )}
    </>
  );
}

interface TabProps {
  readonly view: DeploymentsSearch['view'];
  readonly name: string;
  readonly number: number | undefined;
}

function Tab({ view, name, number }: TabProps): ReactNode {
  const { view: shown } = route.useSearch();
  return (
    <Link
      to="/deployments"
      search={{ view }}
      resetScroll={false}
      activeOptions={{ exact: true, includeSearch: true, explicitUndefined: true }}
      {...(shown === view && { 'aria-current': 'page' })}
    >
      {name}
      <b>{number === undefined ? '…' : count(number)}</b>
    </Link>
  );
}

interface HeadProps {
  readonly gates: readonly HostGate[] | undefined;
  readonly day: { readonly allowed: number; readonly alerted: number; readonly denied: number } | undefined;
}

function Head({ gates, day }: HeadProps): ReactNode {
  const now = useNow();
  if (gates === undefined || day === undefined) return <WaitingHead title={title} />;
  const standings = gates.map((gate) => gateStanding(gate, now));
  const failing = standings.filter(({ state }) => state === 'fail').length;
  const good = standings.filter(({ state }) => state === 'pass').length;
  const rogues = gates.reduce((sum, one) => sum + one.rogues.length, 0);
  const past = rogues > 0 ? `${counted(rogues, 'container runs', 'containers run')} past the gates.` : undefined;
  const refused = `${counted(day.denied, 'start was', 'starts were')} refused in 24 hours.`;
  return (
    <PageHead
      title={title}
      state={failing > 0 ? 'fail' : good === gates.length && good > 0 ? 'pass' : 'unknown'}
      verdict={past ?? (failing > 0 ? `The gate of ${counted(failing, 'host')} fails.` : refused)}
      reason={
        <>
          {past === undefined && failing === 0 ? '' : `${refused} `}
          {count(day.allowed)} allowed, {count(day.alerted)} let through with an alert. Every start is judged on{' '}
          <Link to="/deployments" search={{ view: 'gates' }}>
            {count(good)} of {counted(gates.length, 'host')}
          </Link>
          .
        </>
      }
    />
  );
}

const filters: readonly FilterChoice[] = [
  { id: 'answer', name: 'Answer', options: answerOptions },
  { id: 'gate', name: 'Gate', options: gateOptions },
  { id: 'since', name: 'Time', options: timeOptions },
];

function Decisions({ environment }: { readonly environment: string | undefined }): ReactNode {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const change = (changes: Partial<DeploymentsSearch>): void =>
    void navigate({ search: (before) => ({ ...before, ...changes }), replace: true, resetScroll: false });
  const { decision, view: _view, ...filter } = search;
  const [opened] = useState(Date.now);
  return (
    <>
      <DataTable<DecisionAtHost>
        name="Decisions"
        source={sourceOf({ ...filter, environment }, opened)}
        columns={decisionColumns}
        heights={[46, 168]}
        filters={
          <FilterBar
            values={{ ...filter }}
            choices={filters}
            others={[{ id: 'image', name: 'Image', label: (digest) => String(digest).slice(7, 19) }]}
            searchFor="image, container, person, host or reason"
            change={(id, value) => change({ [id]: value, decision: undefined })}
          />
        }
        empty={<NoDecisions filtered={Object.values(filter).some((value) => value !== undefined)} />}
        selected={decision}
        open={({ id }) => change({ decision: id })}
      />
      <DetailPane
        place="over"
        title="Decision"
        kind="Decision"
        opened={decision !== undefined}
        close={() => change({ decision: undefined })}
      >
        {decision !== undefined && <DecisionDetail id={decision} />}
      </DetailPane>
    </>
  );
}

/** The last day is counted back from when the list was opened, so that its rows stay. */
function sourceOf(
  { since, ...filter }: DeploymentsSearch & { readonly environment: string | undefined },
  opened: number,
): RowSource<DecisionAtHost> {
  const from = since === 'day' ? new Date(opened - 24 * 60 * 60_000).toISOString() : undefined;
  const query = { ...filter, since: from };
  return {
    list: JSON.stringify({ ...filter, since }),
    keyOf: ({ id }) => id,
    page: (window) =>
      pageReading(listDecisions, { query: { ...query, ...window } }, ({ total = 0, decisions }) => ({
        total,
        rows: decisions as readonly DecisionAtHost[],
      })),
  };
}

function NoDecisions({ filtered }: { readonly filtered: boolean }): ReactNode {
  if (filtered) {
    return (
      <EmptyState icon="search" title="No decision is like that">
        <p className="soft">
          <Link to="/deployments" search={{}}>
            All decisions
          </Link>
        </p>
      </EmptyState>
    );
  }
  return (
    <EmptyState icon="deployments" title="Decisions appear here as gates judge what is to start">
      <p className="soft">
        Each says who wanted to start what, by which rule it was let through or refused, and what would make it pass.
        Gates begin to answer once one is installed on a host, as root:
      </p>
      <div className="command">
        <code>seawall gate install</code>
      </div>
    </EmptyState>
  );
}
