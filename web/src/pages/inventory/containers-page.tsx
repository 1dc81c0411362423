import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { type Container, listContainers, listHosts } from '#inventory/contract.ts';
import { reading } from '../../api.ts';
import { environmentKey, environmentName, useEnvironment } from '../../app/environment.ts';
import { listPage, rowsOf } from '../../app/list-page.tsx';
import { Tabs } from '../../app/tabs.tsx';
import { DetailPane } from '../../ui/detail-pane.tsx';
import { count, counted, subjectName } from '../../ui/format.ts';
import { PageHead, WaitingHead } from '../../ui/page-head.tsx';
import { scopeFilters } from '../../app/scope-filter.ts';
import { containerColumns } from './container-columns.tsx';
import { ContainerDetail } from './container-detail.tsx';
import { type ContainersStatus, containersStatus, protectionWords } from '../sensor/protection-words.ts';
import { useProtectionReading } from '../sensor/sensors.ts';
import { type ContainersSearch, protections } from './containers-search.ts';
import './containers-page.css';

const route = getRouteApi('/inside/containers');
const title = 'Containers';
const ContainerList = listPage<Container, ContainersSearch>({
  name: title,
  noun: ['container', 'containers'],
  columns: containerColumns,
  heights: [46, 142],
  searchFor: 'container, image, label or id',
  filters: [
    ...scopeFilters.filter(({ id }) => id === 'application' || id === 'host'),
    { id: 'protection', name: 'Protection', options: protections.map((one) => [one, protectionWords[one]]) },
  ],
  others: [{ id: 'subject', name: 'Image', label: (value) => subjectName(String(value)) }],
  details: ['container'],
  source: (search, { environment }) =>
    rowsOf(
      listContainers,
      { query: { ...queryOf(search, environment), sort: 'protection' } },
      { keyOf: ({ id }) => id, pageOf: ({ total, containers }) => ({ total, rows: containers }) },
    ),
  empty: {
    icon: 'containers',
    title: 'Containers appear here as hosts report them',
    body: (
      <p className="soft">
        The agent of a host reports every container within seconds. Join one on the page <Link to="/hosts">Hosts</Link>.
      </p>
    ),
  },
});

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
      <ContainerList search={search} selected={search.container} open={(row) => change({ container: row.id })} />
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
  const status = containersStatus(protection);
  const runs = `${counted(up, 'container runs', 'containers run')}${place}`;
  const { state = hosts.some((host) => host.stale) ? 'unknown' : undefined } = status ?? {};
  return (
    <PageHead
      title={title}
      {...(state !== undefined && { state })}
      verdict={status === undefined ? `${runs}.` : <StatusSentence status={status} place={place} />}
      reason={
        <>
          {status !== undefined && `${status.reason} ${runs}, on `}
          {status === undefined && 'On '}
          <HostsSentence hosts={hosts} />
        </>
      }
    />
  );
}

/** What is not known, or lacks what its rule asks for, with the number that leads to it. */
function StatusSentence(props: { readonly status: ContainersStatus; readonly place: string }): ReactNode {
  const { status, place } = props;
  if (status.list === undefined) return status.sentence;
  return (
    <>
      <Link to="/containers" search={{ protection: status.list, state: 'up' }}>
        {counted(status.number, 'running container')}
      </Link>
      {place} {status.sentence}
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
  return (
    <Tabs
      name="State"
      field="state"
      search={{ ...search, container: undefined }}
      tabs={[
        [undefined, 'All', totals[0]],
        ['up', 'Running', totals[1]],
        ['ended', 'Ended', totals[2]],
      ]}
    />
  );
}
