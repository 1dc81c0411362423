import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { type ApplicationRow, listApplications } from '#explorer/contract.ts';
import { pageReading, reading } from '../../api.ts';
import { environmentName, useEnvironment } from '../../app/environment.ts';
import { EmptyState } from '../../ui/blank.tsx';
import { DataTable } from '../../ui/data-table.tsx';
import { FilterBar } from '../../ui/filter-bar.tsx';
import { count, counted } from '../../ui/format.ts';
import { PageHead, WaitingHead } from '../../ui/page-head.tsx';
import type { RowSource } from '../../ui/paged-rows.ts';
import { stateOfVerdict } from '../../ui/state-mark.tsx';
import { applicationColumns } from './application-columns.tsx';
import type { ApplicationsSearch } from './applications-search.ts';
import './application-page.css';

const route = getRouteApi('/inside/applications');
const title = 'Applications';

/** Images and containers by what they belong to, the one with the most risk first. */
export function ApplicationsPage(): ReactNode {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const environment = useEnvironment();
  return (
    <>
      <ApplicationsHead environment={environment} />
      <DataTable
        name="Applications"
        source={sourceOf(search, environment)}
        columns={applicationColumns}
        heights={[46, 108]}
        filters={
          <FilterBar
            values={{ search: search.search }}
            choices={[]}
            searchFor="application"
            change={(_, value) =>
              void navigate({ search: (before) => ({ ...before, search: value }), replace: true, resetScroll: false })
            }
          />
        }
        empty={<NoApplications filtered={search.search !== undefined || environment !== undefined} />}
        open={(row) => void navigate({ to: '/applications/$name', params: { name: row.name }, search: {} })}
      />
    </>
  );
}

function sourceOf(search: ApplicationsSearch, environment: string | undefined): RowSource<ApplicationRow> {
  const query = { search: search.search, environment };
  return {
    list: JSON.stringify(query),
    keyOf: (row) => row.name,
    page: (window) =>
      pageReading(listApplications, { query: { ...query, ...window } }, (reply) => ({
        total: reply.total,
        rows: reply.applications,
      })),
  };
}

function ApplicationsHead({ environment }: { readonly environment: string | undefined }): ReactNode {
  const all = useQuery(reading(listApplications, { query: { environment, limit: 1 } })).data;
  if (all === undefined) return <WaitingHead title={title} />;
  const place = environment === undefined ? '' : ` in ${environmentName(environment)}`;
  const [first] = all.applications;
  if (first === undefined)
    return <PageHead title={title} state="unknown" verdict={`No application is known${place}.`} />;
  return (
    <PageHead
      title={title}
      state={stateOfVerdict(first.verdict)}
      verdict={
        <>
          Most risk{place}:{' '}
          <Link to="/applications/$name" params={{ name: first.name }}>
            {first.name}
          </Link>
          .
        </>
      }
      reason={`${counted(first.images, 'image')}, ${counted(first.containers, 'running container')}. ${all.total === 1 ? 'It is the only one.' : `First of ${count(all.total)} applications.`}`}
    />
  );
}

function NoApplications({ filtered }: { readonly filtered: boolean }): ReactNode {
  if (filtered) {
    return (
      <EmptyState icon="search" title="No application passes these filters">
        <p className="soft">
          Look at{' '}
          <Link to="/applications" search={{ environment: undefined }}>
            all applications
          </Link>
          .
        </p>
      </EmptyState>
    );
  }
  return (
    <EmptyState icon="applications" title="Applications appear here with the images they are made of">
      <p className="soft">
        Containers of one compose project are an application, as are those with one label{' '}
        <code>seawall.application</code>. A build names its own:
      </p>
      <div className="command">
        <code>seawall scan IMAGE --application NAME --console {window.location.origin} --token TOKEN</code>
      </div>
    </EmptyState>
  );
}
