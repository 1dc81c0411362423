import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { type ApplicationRow, listApplications } from '#explorer/contract.ts';
import { reading } from '../../api.ts';
import { environmentName, useEnvironment } from '../../app/environment.ts';
import { listPage, rowsOf } from '../../app/list-page.tsx';
import { ScanCommand } from '../../app/own-program.tsx';
import { count, counted } from '../../ui/format.ts';
import { PageHead, WaitingHead } from '../../ui/page-head.tsx';
import { stateOfVerdict } from '../../ui/state-mark.tsx';
import { applicationColumns } from './application-columns.tsx';
import type { ApplicationsSearch } from './applications-search.ts';
import './application-page.css';

const route = getRouteApi('/inside/applications');
const title = 'Applications';

const ApplicationList = listPage<ApplicationRow, ApplicationsSearch>({
  name: title,
  noun: ['application', 'applications'],
  columns: applicationColumns,
  heights: [46, 108],
  searchFor: 'application',
  source: ({ search }, { environment }) =>
    rowsOf(
      listApplications,
      { query: { search, environment } },
      { keyOf: ({ name }) => name, pageOf: ({ total, applications }) => ({ total, rows: applications }) },
    ),
  empty: {
    icon: 'applications',
    title: 'Applications appear here with the images they are made of',
    body: (
      <>
        <p className="soft">
          Containers of one compose project are an application, as are those with one label{' '}
          <code>seawall.application</code>. A build names its own:
        </p>
        <ScanCommand words="IMAGE --application NAME" />
      </>
    ),
  },
});

/** Images and containers by what they belong to, the one with the most risk first. */
export function ApplicationsPage(): ReactNode {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const environment = useEnvironment();
  return (
    <>
      <ApplicationsHead environment={environment} />
      <ApplicationList
        search={search}
        open={(row) => void navigate({ to: '/applications/$name', params: { name: row.name }, search: {} })}
      />
    </>
  );
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
