import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { type Incident, listIncidents } from '#runtime/contract.ts';
import { pageReading, reading } from '../../api.ts';
import { useEnvironment } from '../../app/environment.ts';
import { EmptyState, ErrorState } from '../../ui/blank.tsx';
import { DataTable } from '../../ui/data-table.tsx';
import { FilterBar } from '../../ui/filter-bar.tsx';
import { count, counted } from '../../ui/format.ts';
import { PageHead, WaitingHead } from '../../ui/page-head.tsx';
import type { RowSource } from '../../ui/paged-rows.ts';
import { useProtectionReading } from '../sensor/sensors.ts';
import { incidentColumns } from './incident-columns.tsx';
import type { IncidentsSearch } from './incidents-search.ts';
import { type NoneOpen, noneOpen } from './none-open.ts';
import './incidents-page.css';

const route = getRouteApi('/inside/incidents');
const title = 'Incidents';

/** What containers did that they should not have: what needs a person first. */
export function IncidentsPage(): ReactNode {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const environment = useEnvironment();
  const { data, error, refetch } = useQuery(reading(listIncidents, { query: { environment, limit: 1 } }));
  if (error && data === undefined) return <ErrorState error={error} retry={() => void refetch()} />;
  const change = (id: string, value: string | undefined): void =>
    void navigate({ search: (now) => ({ ...now, [id]: value }), replace: true, resetScroll: false });
  return (
    <>
      <IncidentsHead total={data?.total} open={data?.open} />
      <StateTabs />
      <DataTable<Incident>
        name="Incidents"
        source={sourceOf(search, environment)}
        columns={incidentColumns}
        heights={[46, 150]}
        filters={
          <FilterBar
            values={{ ...search, state: undefined }}
            choices={[]}
            others={[
              { id: 'container', name: 'Container', label: (id) => String(id).slice(0, 12) },
              { id: 'image', name: 'Image', label: (digest) => String(digest).slice(7, 19) },
            ]}
            searchFor="container, image, host or program"
            change={change}
          />
        }
        empty={<NoIncidents filtered={Object.values(search).some((value) => value !== undefined)} />}
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
  const standing = noneOpen({ protection, acknowledged });
  return (
    <PageHead
      title={title}
      state={standing.state}
      verdict="No incident is open."
      reason={<Beside standing={standing} total={total} />}
    />
  );
}

function inHistory(total: number): string {
  return `${counted(total, 'incident')} in the time that history is kept.`;
}

/** What is to be known beside that none is open, with the number that leads to it. */
function Beside({ standing, total }: { readonly standing: NoneOpen; readonly total: number }): ReactNode {
  const { kind, number } = standing;
  switch (kind) {
    case 'unread':
      return 'Whether what runs is watched is not known: the console did not say it. Load the page again.';
    case 'unwatched':
      return 'No running container is watched by a sensor.';
    case 'unknown':
    case 'lacking':
      return (
        <>
          <Link to="/containers" search={{ protection: kind === 'unknown' ? 'unknown' : 'not-protected', state: 'up' }}>
            {counted(number, 'running container')}
          </Link>{' '}
          {kind === 'unknown'
            ? `${number === 1 ? 'is' : 'are'} of unknown protection: nobody can say whether a sensor watches.`
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
  const { state: _state, ...rest } = route.useSearch();
  const environment = useEnvironment();
  const counted = useQuery(reading(listIncidents, { query: { ...rest, environment, limit: 1 } })).data;
  const tabs = [
    [undefined, 'All', counted?.total],
    ['open', 'Open', counted?.open],
    ['acknowledged', 'Acknowledged', undefined],
    ['closed', 'Closed', undefined],
  ] as const;
  return (
    <nav className="tabs" aria-label="State">
      {tabs.map(([state, name, number]) => (
        <Link
          key={name}
          to="/incidents"
          search={{ ...rest, state }}
          resetScroll={false}
          activeOptions={{ includeSearch: true, explicitUndefined: true }}
        >
          {name}
          {number !== undefined && <b>{count(number)}</b>}
        </Link>
      ))}
    </nav>
  );
}

function sourceOf(search: IncidentsSearch, environment: string | undefined): RowSource<Incident> {
  const query = { ...search, environment };
  return {
    list: JSON.stringify(query),
    keyOf: ({ id }) => String(id),
    page: (window) =>
      pageReading(listIncidents, { query: { ...query, ...window } }, ({ total, incidents }) => ({
        total,
        rows: incidents as readonly Incident[],
      })),
  };
}

function NoIncidents({ filtered }: { readonly filtered: boolean }): ReactNode {
  if (filtered) {
    return (
      <EmptyState icon="incidents" title="No incident is like that">
        <p className="soft">
          <Link to="/incidents" search={{}}>
            All incidents
          </Link>
        </p>
      </EmptyState>
    );
  }
  return (
    <EmptyState icon="incidents" title="Incidents appear here when a container does what it should not">
      <p className="soft">
        A program or code file that is not the image's, one that its model lacks, a shell from a server: each is told
        with what was expected, whether it was stopped, and the one line that would allow it. To see one, run a program
        that you drop into a container:
      </p>
      <div className="command">
        <code>docker exec CONTAINER sh -c 'cp /bin/ls /tmp/zz; /tmp/zz'</code>
      </div>
    </EmptyState>
  );
}
