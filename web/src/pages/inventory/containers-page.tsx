import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { type Container, listContainers, listHosts } from '#inventory/contract.ts';
import { pageReading, reading } from '../../api.ts';
import { environmentKey, environmentName, useEnvironment } from '../../app/environment.ts';
import { EmptyState } from '../../ui/blank.tsx';
import { DataTable } from '../../ui/data-table.tsx';
import { DetailPane } from '../../ui/detail-pane.tsx';
import { FilterBar, type FilterChoice } from '../../ui/filter-bar.tsx';
import { count, counted, subjectName } from '../../ui/format.ts';
import { PageHead, WaitingHead } from '../../ui/page-head.tsx';
import type { RowSource } from '../../ui/paged-rows.ts';
import { scopeFilters } from '../explorer/scope-filter.ts';
import { containerColumns } from './container-columns.tsx';
import { ContainerDetail } from './container-detail.tsx';
import { type ContainersStanding, containersStanding, protectionWords } from '../sensor/protection-words.ts';
import { useProtectionReading } from '../sensor/sensors.ts';
import { type ContainersSearch, protections } from './containers-search.ts';
import './containers-page.css';

const route = getRouteApi('/inside/containers');
const title = 'Containers';
const filters: readonly FilterChoice[] = [
  ...scopeFilters.filter(({ id }) => id === 'application' || id === 'host'),
  { id: 'protection', name: 'Protection', options: protections.map((one) => [one, protectionWords[one]]) },
];
const others = [{ id: 'subject', name: 'Image', label: (value: string | number) => subjectName(String(value)) }];

/** Every container on every host: those that run first, among them those that lack protection, then the newest. */
export function ContainersPage(): ReactNode {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const environment = useEnvironment();
  const change = (changes: Partial<ContainersSearch>): void => {
    void navigate({ search: (before) => ({ ...before, ...changes }), replace: true, resetScroll: false });
  };
  return (
    <>
      <ContainersHead environment={environment} />
      <StateTabs search={search} environment={environment} />
      <DataTable
        name="Containers"
        source={sourceOf(search, environment)}
        columns={containerColumns}
        heights={[46, 142]}
        filters={
          <FilterBar
            values={{
              search: search.search,
              host: search.host,
              application: search.application,
              subject: search.subject,
              protection: search.protection,
            }}
            choices={filters}
            others={others}
            searchFor="container, image, label or id"
            change={(id, value) => change({ [id]: value, container: undefined })}
          />
        }
        empty={<NoContainers filtered={hasFilter(search)} environment={environment} />}
        selected={search.container}
        open={(row) => change({ container: row.id })}
      />
      <DetailPane
        place="over"
        title="Container"
        kind="Container"
        opened={search.container !== undefined}
        close={() => change({ container: undefined })}
      >
        {search.container !== undefined && <ContainerDetail id={search.container} />}
      </DetailPane>
    </>
  );
}

function queryOf(search: ContainersSearch, environment: string | undefined) {
  const { container: _container, ...filter } = search;
  return { ...filter, environment };
}

function sourceOf(search: ContainersSearch, environment: string | undefined): RowSource<Container> {
  const query = queryOf(search, environment);
  return {
    list: JSON.stringify(query),
    keyOf: (row) => row.id,
    page: (window) =>
      pageReading(listContainers, { query: { ...query, ...window, sort: 'protection' } }, (reply) => ({
        total: reply.total,
        rows: reply.containers,
      })),
  };
}

function useTotal(query: ReturnType<typeof queryOf>): number | undefined {
  return useQuery(reading(listContainers, { query: { ...query, limit: 1 } })).data?.total;
}

function ContainersHead({ environment }: { readonly environment: string | undefined }): ReactNode {
  const up = useTotal({ environment, state: 'up' });
  const all = useTotal({ environment });
  const { protection, isPending } = useProtectionReading();
  const hosts = useQuery(reading(listHosts)).data?.hosts.filter(
    (host) => environment === undefined || environmentKey(host.environment) === environment,
  );
  if (up === undefined || all === undefined || hosts === undefined || isPending) return <WaitingHead title={title} />;
  const place = environment === undefined ? '' : ` in ${environmentName(environment)}`;
  if (all === 0) return <PageHead title={title} state="unknown" verdict={`No container is known${place}.`} />;
  const standing = containersStanding(protection);
  const runs = `${counted(up, 'container runs', 'containers run')}${place}`;
  const { state = hosts.some((host) => host.stale) ? 'unknown' : undefined } = standing ?? {};
  return (
    <PageHead
      title={title}
      {...(state !== undefined && { state })}
      verdict={standing === undefined ? `${runs}.` : <StandingSentence standing={standing} place={place} />}
      reason={
        <>
          {standing !== undefined && `${standing.reason} ${runs}, on `}
          {standing === undefined && 'On '}
          <HostsSentence hosts={hosts} />
        </>
      }
    />
  );
}

/** What is not known, or lacks what its rule asks for, with the number that leads to it. */
function StandingSentence(props: { readonly standing: ContainersStanding; readonly place: string }): ReactNode {
  const { standing, place } = props;
  if (standing.list === undefined) return standing.sentence;
  return (
    <>
      <Link to="/containers" search={{ protection: standing.list, state: 'up' }}>
        {counted(standing.number, 'running container')}
      </Link>
      {place} {standing.sentence}
    </>
  );
}

function HostsSentence({ hosts }: { readonly hosts: readonly { readonly stale: boolean }[] }): ReactNode {
  const away = hosts.filter(({ stale }) => stale).length;
  return (
    <>
      <Link to="/hosts">{counted(hosts.length, 'host')}</Link>
      {away > 0 && (
        <>
          , of which{' '}
          <Link to="/hosts" search={{ state: 'away' }}>
            {count(away)}
          </Link>{' '}
          {away === 1 ? 'is' : 'are'} away: what runs there may be another by now
        </>
      )}
      .
    </>
  );
}

interface TabsProps {
  readonly search: ContainersSearch;
  readonly environment: string | undefined;
}

function StateTabs({ search, environment }: TabsProps): ReactNode {
  const query = queryOf({ ...search, state: undefined }, environment);
  const totals = [useTotal(query), useTotal({ ...query, state: 'up' }), useTotal({ ...query, state: 'ended' })];
  const tabs = [
    [undefined, 'All'],
    ['up', 'Running'],
    ['ended', 'Ended'],
  ] as const;
  return (
    <nav className="tabs" aria-label="State">
      {tabs.map(([state, name], index) => (
        <Link
          key={name}
          to="/containers"
          search={{ ...search, container: undefined, state }}
          resetScroll={false}
          activeOptions={{ includeSearch: true, explicitUndefined: true }}
          {...(state === search.state && { 'aria-current': 'page' })}
        >
          {name}
          <b>{totals[index] === undefined ? '…' : count(totals[index])}</b>
        </Link>
      ))}
    </nav>
  );
}

function hasFilter({ container: _container, state: _state, ...filter }: ContainersSearch): boolean {
  return Object.values(filter).some((value) => value !== undefined);
}

function NoContainers(props: { readonly filtered: boolean; readonly environment: string | undefined }): ReactNode {
  if (props.filtered || props.environment !== undefined) {
    return (
      <EmptyState icon="search" title="No container passes these filters">
        <p className="soft">
          Look at{' '}
          <Link to="/containers" search={{ environment: undefined }}>
            all containers
          </Link>
          .
        </p>
      </EmptyState>
    );
  }
  return (
    <EmptyState icon="containers" title="Containers appear here as hosts report them">
      <p className="soft">
        The agent of a host tells of every container within seconds. Join one on the page <Link to="/hosts">Hosts</Link>
        .
      </p>
    </EmptyState>
  );
}
