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
import { PageHead } from '../../ui/page-head.tsx';
import type { RowSource } from '../../ui/paged-rows.ts';
import { useProtection } from '../sensor/sensors.ts';
import { incidentColumns } from './incident-columns.tsx';
import type { IncidentsSearch } from './incidents-search.ts';
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
  const protection = useProtection();
  if (total === undefined || (open === 0 && protection === undefined)) return <PageHead title={title} verdict="" />;
  if (open > 0 || protection === undefined) {
    const verdict = `${counted(open, 'incident is', 'incidents are')} open.`;
    return <PageHead title={title} state="fail" verdict={verdict} reason={inHistory(total)} />;
  }
  return <NoneOpen total={total} protection={protection} />;
}

function inHistory(total: number): string {
  return `${counted(total, 'incident')} in the time that history is kept.`;
}

/** That nothing is open says something only of containers that a sensor watches. */
function NoneOpen({ total, protection }: NoneOpenProps): ReactNode {
  const { unknown, ...known } = protection.all;
  const watched = Object.values(known).reduce((sum, one) => sum + one, 0);
  if (unknown > 0) {
    return (
      <PageHead
        title={title}
        state="unknown"
        verdict="No incident is open,"
        reason={
          <>
            and of{' '}
            <Link to="/containers" search={{ protection: 'unknown', state: 'up' }}>
              {counted(unknown, 'running container')}
            </Link>{' '}
            nobody can say whether a sensor watches {unknown === 1 ? 'it' : 'them'}.
          </>
        }
      />
    );
  }
  if (watched === 0) {
    const reason = 'No running container is watched by a sensor.';
    return <PageHead title={title} state="unknown" verdict="No incident is open." reason={reason} />;
  }
  const reason = total > 0 ? inHistory(total) : 'Nothing that ran was against a model or a rule.';
  return <PageHead title={title} state="pass" verdict="No incident is open." reason={reason} />;
}

interface NoneOpenProps {
  readonly total: number;
  readonly protection: NonNullable<ReturnType<typeof useProtection>>;
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
