import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { type DecisionAtHost, listDecisions } from '#admission/contract.ts';
import { type HostGate, listGates } from '../../../../src/gate/contract.ts';
import { reading } from '../../api.ts';
import { environmentKey, useEnvironment } from '../../app/environment.ts';
import { listPage, rowsOf } from '../../app/list-page.tsx';
import { Tabs } from '../../app/tabs.tsx';
import { ErrorState } from '../../ui/blank.tsx';
import { useNow } from '../../ui/clock.ts';
import { Command } from '../../ui/copy-button.tsx';
import { DetailPane } from '../../ui/detail-pane.tsx';
import { count, counted } from '../../ui/format.ts';
import { PageHead, WaitingHead } from '../../ui/page-head.tsx';
import { ClustersSection } from './clusters-section.tsx';
import { DayStrip } from './day-strip.tsx';
import { decisionColumns } from './decision-columns.tsx';
import { DecisionDetail } from './decision-detail.tsx';
import { answerOptions, gateOptions, timeOptions } from './decision-words.ts';
import type { DeploymentsSearch } from './deployments-search.ts';
import { gatesStatus } from './gates-status.ts';
import { GatesView } from './gates-view.tsx';
import './deployments-page.css';

const route = getRouteApi('/inside/deployments');
const title = 'Deployments';

/** What gates allowed and refused, and the state of each gate. */
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
      <Tabs
        name="Part"
        field="view"
        search={{ view }}
        tabs={[
          [undefined, 'Decisions', decided.data?.total],
          ['gates', 'Gates', gates?.length],
        ]}
      />
      {view === 'gates' ? (
        <>
          <GatesView gates={gates} />
          <ClustersSection />
        </>
      ) : (
        <>
          {decided.data !== undefined && (decided.data.total ?? 0) > 0 && <DayStrip day={decided.data.day} />}
          <Decisions />
        </>
      )}
    </>
  );
}

interface HeadProps {
  readonly gates: readonly HostGate[] | undefined;
  readonly day: { readonly allowed: number; readonly alerted: number; readonly denied: number } | undefined;
}

function Head({ gates, day }: HeadProps): ReactNode {
  const now = useNow();
  if (gates === undefined || day === undefined) return <WaitingHead title={title} />;
  const { state, kind, active, rogues, failing } = gatesStatus(gates, now);
  const where = (
    <>
      Gate active on{' '}
      <Link to="/deployments" search={{ view: 'gates' }}>
        {count(active)} of {counted(gates.length, 'host')}
      </Link>
      .
    </>
  );
  const refused = `${counted(day.denied, 'start')} refused in 24 hours`;
  const verdicts = {
    rogue: (
      <>
        <Link to="/deployments" search={{ view: 'gates' }}>
          {counted(rogues, 'rogue container')}
        </Link>
        .
      </>
    ),
    failing: `The gate fails on ${counted(failing, 'host')}.`,
    'none-known': 'No gate has reported: whether starts are judged is unknown.',
    'not-everywhere': where,
    active: `${refused}.`,
  } as const;
  return (
    <PageHead
      title={title}
      state={state}
      verdict={verdicts[kind]}
      reason={
        <>
          {kind === 'none-known' && (
            <>
              Run <code>seawall gate install</code> on a host, as root.{' '}
            </>
          )}
          {kind !== 'active' && `${refused}, `}
          {count(day.allowed)} allowed, {count(day.alerted)} alerted.{' '}
          {kind !== 'not-everywhere' && kind !== 'none-known' && where}
        </>
      }
    />
  );
}

const DecisionList = listPage<DecisionAtHost, DeploymentsSearch>({
  name: 'Decisions',
  noun: ['decision', 'decisions'],
  columns: decisionColumns,
  heights: [46, 168],
  searchFor: 'image, container, person, host or reason',
  filters: [
    { id: 'answer', name: 'Answer', options: answerOptions },
    { id: 'gate', name: 'Gate', options: gateOptions },
    { id: 'since', name: 'Time', options: timeOptions },
  ],
  others: [{ id: 'image', name: 'Image', label: (digest) => String(digest).slice(7, 19) }],
  details: ['decision'],
  views: ['view'],
  source: ({ decision: _decision, view: _view, since, ...filter }, { environment, openedAt }) =>
    rowsOf(
      listDecisions,
      {
        query: {
          ...filter,
          environment,
          since: since === 'day' ? new Date(openedAt - 24 * 60 * 60_000).toISOString() : undefined,
        },
      },
      { keyOf: ({ id }) => id, pageOf: ({ total = 0, decisions }) => ({ total, rows: decisions }) },
    ),
  empty: {
    icon: 'deployments',
    title: 'Decisions of gates appear here',
    body: (
      <>
        <p className="soft">
          Each says who started what, which rule allowed or refused it, and what would make it pass. Install a gate on a
          host, as root:
        </p>
        <Command text="seawall gate install" />
      </>
    ),
  },
});

function Decisions(): ReactNode {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { decision } = search;
  const open = (id: string | undefined): void =>
    void navigate({ search: (before) => ({ ...before, decision: id }), replace: true, resetScroll: false });
  return (
    <>
      <DecisionList search={search} selected={decision} open={({ id }) => open(id)} />
      <DetailPane
        place="over"
        title="Decision"
        kind="Decision"
        opened={decision !== undefined}
        close={() => open(undefined)}
      >
        {decision !== undefined && <DecisionDetail id={decision} />}
      </DetailPane>
    </>
  );
}
