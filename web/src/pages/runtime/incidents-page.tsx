import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { type Incident, listIncidents } from '#runtime/contract.ts';
import { reading } from '../../api.ts';
import { useEnvironment } from '../../app/environment.ts';
import { listPage, rowsOf } from '../../app/list-page.tsx';
import { Tabs } from '../../app/tabs.tsx';
import { timeFilters, timeQuery } from '../../app/time-range.ts';
import { ErrorState } from '../../ui/blank.tsx';
import { Command } from '../../ui/copy-button.tsx';
import { count, counted } from '../../ui/format.ts';
import { PageHead, WaitingHead } from '../../ui/page-head.tsx';
import { severityWords } from '../../ui/severity.tsx';
import { useProtectionReading } from '../sensor/sensors.ts';
import { incidentColumns } from './incident-columns.tsx';
import { IncidentHistogram } from './incident-histogram.tsx';
import { incidentSeverities, type IncidentsSearch } from './incidents-search.ts';
import { outcomeWords } from './outcome-mark.tsx';
import { type NoneOpen, noneOpen } from './none-open.ts';
import './incidents-page.css';

const route = getRouteApi('/inside/incidents');
const title = 'Incidents';

const IncidentList = listPage<Incident, IncidentsSearch>({
  name: title,
  noun: ['incident', 'incidents'],
  columns: incidentColumns,
  heights: [46, 170],
  searchFor: 'container, image, host or program',
  filters: [
    { id: 'severity', name: 'Severity', options: incidentSeverities.map((one) => [one, severityWords[one]] as const) },
    { id: 'outcome', name: 'Answer', options: Object.entries(outcomeWords) },
    ...timeFilters,
  ],
  others: [
    { id: 'container', name: 'Container', label: (id) => String(id).slice(0, 12) },
    { id: 'image', name: 'Image', label: (digest) => String(digest).slice(7, 19) },
  ],
  source: ({ since, from, until, ...search }, { environment, openedAt }) =>
    rowsOf(
      listIncidents,
      { query: { ...search, environment, ...timeQuery({ since, from, until }, openedAt) } },
      { keyOf: ({ id }) => String(id), pageOf: ({ total, incidents }) => ({ total, rows: incidents }) },
    ),
  empty: {
    icon: 'incidents',
    title: 'Incidents appear here when a container does what it should not',
    body: (
      <>
        <p className="soft">
          A program or code file that is not in the image, one that its model lacks, a shell started by a server: each
          incident shows what was expected, whether it was stopped, and the entry that would allow it. To see one, run a
          program that you copy into a container:
        </p>
        <Command text="docker exec CONTAINER sh -c 'cp /bin/ls /tmp/zz; /tmp/zz'" />
      </>
    ),
  },
});

/** What containers did that they should not have: what needs a person first. */
export function IncidentsPage(): ReactNode {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const environment = useEnvironment();
  const [openedAt] = useState(Date.now);
  const { data, error, refetch } = useQuery(reading(listIncidents, { query: { environment, limit: 1 } }));
  if (error && data === undefined) return <ErrorState error={error} retry={() => void refetch()} />;
  return (
    <>
      <IncidentsHead total={data?.total} open={data?.open} />
      <StateTabs />
      {data !== undefined && data.total > 0 && <IncidentHistogram search={search} openedAt={openedAt} />}
      <IncidentList
        search={search}
        open={({ id }) => void navigate({ to: '/incidents/$id', params: { id: String(id) } })}
      />
    </>
  );
}

function IncidentsHead(props: { readonly total: number | undefined; readonly open: number | undefined }): ReactNode {
  const { total, open = 0 } = props;
  const { protection, isPending } = useProtectionReading();
  const query = { environment: useEnvironment(), state: 'acknowledged', limit: 1 } as const;
  const acknowledged = useQuery(reading(listIncidents, { query })).data?.total;
  if (total === undefined) return <WaitingHead title={title} />;
  if (open > 0) {
    const verdict = `${counted(open, 'incident is', 'incidents are')} open.`;
    return <PageHead title={title} state="fail" verdict={verdict} reason={inHistory(total)} />;
  }
  if (isPending || acknowledged === undefined) return <WaitingHead title={title} />;
  const status = noneOpen({ protection, acknowledged });
  return (
    <PageHead
      title={title}
      state={status.state}
      verdict={verdictOf(status)}
      reason={<Beside status={status} total={total} />}
    />
  );
}

function inHistory(total: number): string {
  return `${counted(total, 'incident')} in the history.`;
}

/** Without evidence of a sensor the state is unknown, and the page says that first. */
function verdictOf({ kind }: NoneOpen): string {
  switch (kind) {
    case 'unread':
    case 'unwatched':
    case 'nothing-runs':
      return 'Incidents: unknown.';
    case 'unknown':
      return 'Incidents: unknown in part.';
    case 'lacking':
    case 'acknowledged':
    case 'none':
      return 'No incident is open.';
  }
}

/** Why, with the number that leads to the containers concerned, and the next step. */
function Beside({ status, total }: { readonly status: NoneOpen; readonly total: number }): ReactNode {
  const { kind, number } = status;
  switch (kind) {
    case 'unread':
      return 'The console did not say which containers a sensor watches. Load the page again.';
    case 'nothing-runs':
      return (
        <>
          No running container is known. Add a host on the page <Link to="/hosts">Hosts</Link>.
        </>
      );
    case 'unwatched':
      return (
        <>
          No sensor watches{' '}
          <Link to="/containers" search={{ protection: 'unknown', state: 'up' }}>
            {counted(number, 'running container')}
          </Link>
          . Build it with <code>make -C native</code> and restart the agent as root;{' '}
          <Link to="/hosts" search={{ state: 'unprotected' }}>
            Hosts
          </Link>{' '}
          shows its state.
        </>
      );
    case 'unknown':
    case 'lacking':
      return (
        <>
          <Link to="/containers" search={{ protection: kind === 'unknown' ? 'unknown' : 'not-protected', state: 'up' }}>
            {counted(number, 'running container')}
          </Link>{' '}
          {kind === 'unknown'
            ? `${number === 1 ? 'is' : 'are'} of unknown protection. No incident is open in the others.`
            : `${number === 1 ? 'is' : 'are'} not protected as the rules ask.`}
        </>
      );
    case 'acknowledged':
      return (
        <>
          <Link to="/incidents" search={{ state: 'acknowledged' }}>
            {count(number)}
          </Link>{' '}
          {number === 1 ? 'is' : 'are'} acknowledged and not closed.
        </>
      );
    case 'none':
      return total > 0 ? inHistory(total) : 'Nothing against a model or a rule was reported.';
  }
}

function StateTabs(): ReactNode {
  const search = route.useSearch();
  const environment = useEnvironment();
  const [openedAt] = useState(Date.now);
  const { since, from, until, ...filter } = search;
  const times = timeQuery({ since, from, until }, openedAt);
  const query = { ...filter, ...times, state: undefined, environment, limit: 1 };
  const counted = useQuery(reading(listIncidents, { query })).data;
  return (
    <Tabs
      name="State"
      field="state"
      search={search}
      tabs={[
        [undefined, 'All', counted?.total],
        ['open', 'Open', counted?.open],
        ['acknowledged', 'Acknowledged', null],
        ['closed', 'Closed', null],
      ]}
    />
  );
}
