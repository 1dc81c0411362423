import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Immutable } from '#base/index.ts';
import { type ApplicationDetail, getApplication } from '#explorer/contract.ts';
import { reading } from '../../api.ts';
import { environmentKey, environmentName, inEnvironmentOrder } from '../../app/environment.ts';
import { ErrorState, Skeleton } from '../../ui/blank.tsx';
import { count, counted } from '../../ui/format.ts';
import { Fact, PageHead, WaitingHead } from '../../ui/page-head.tsx';
import { type MarkState, State, stateOfVerdict, verdictWords } from '../../ui/state-mark.tsx';
import { fromWords } from './from.ts';
import { VulnerabilityCounts, TopVulnerabilities } from './top-vulnerabilities.tsx';
import { VersionTable } from './version-table.tsx';
import './application-page.css';

const route = getRouteApi('/inside/applications/$name');

/** One application: its verdict, which version of each part is where, and what to fix first in all of them. */
export function ApplicationPage(): ReactNode {
  const { name } = route.useParams();
  const { data, error, refetch } = useQuery(reading(getApplication, { params: { name } }));
  if (error) return <ErrorState error={error} retry={() => void refetch()} />;
  if (data === undefined) {
    return (
      <>
        <WaitingHead title={name} crumbs={<Crumbs name={name} />} />
        <p className="section" aria-busy="true">
          <Skeleton width={320} />
        </p>
      </>
    );
  }
  return (
    <>
      <ApplicationHead detail={data} />
      <section className="section flush">
        <header>
          <h2>What is where</h2>
          <span className="quiet small">
            one line for each part; a mark says where another content is than in the first environment
          </span>
        </header>
        <VersionTable detail={data} />
      </section>
      <TopVulnerabilities application={data.row.name} />
    </>
  );
}

function Crumbs({ name }: { readonly name: string }): ReactNode {
  return (
    <>
      <Link to="/applications">Applications</Link>
      <span aria-hidden="true">/</span>
      <span>{name}</span>
    </>
  );
}

function ApplicationHead({ detail }: { readonly detail: Immutable<ApplicationDetail> }): ReactNode {
  const { row, environments } = detail;
  return (
    <PageHead
      title={row.name}
      crumbs={<Crumbs name={row.name} />}
      state={stateOf(detail)}
      verdict={verdictOf(detail)}
      reason={reasonOf(detail)}
      facts={
        <>
          {ordered(environments).map(({ environment, verdict }) => (
            <Fact key={environment ?? ''} name={environmentName(environment)}>
              <State state={stateOfVerdict(verdict)}>{verdictWords[verdict ?? 'pending']}</State>
            </Fact>
          ))}
          <Fact name="Vulnerabilities">
            <VulnerabilityCounts application={row.name} />
          </Fact>
          <Fact name="Holds">
            <Link to="/images" search={{ application: row.name }}>
              {counted(row.images, 'image')}
            </Link>
            ,{' '}
            <Link to="/containers" search={{ application: row.name, state: 'up' }}>
              {counted(row.containers, 'running container')}
            </Link>{' '}
            on {counted(row.hosts, 'host')}
          </Fact>
          <Fact name="Known">{fromWords(row.from)}</Fact>
        </>
      }
    />
  );
}

function stateOf({ row }: Immutable<ApplicationDetail>): MarkState {
  return stateOfVerdict(row.verdict);
}

type Environments = Immutable<ApplicationDetail>['environments'];

/** prod first, what has no environment last. */
function ordered(environments: Environments): Environments {
  const keys = inEnvironmentOrder(environments.map(({ environment }) => environmentKey(environment)));
  return environments.toSorted(
    (one, other) => keys.indexOf(environmentKey(one.environment)) - keys.indexOf(environmentKey(other.environment)),
  );
}

/** What the verdict is, and where. */
function verdictOf({ row, environments }: Immutable<ApplicationDetail>): string {
  const failing = ordered(environments)
    .filter(({ verdict }) => verdict === 'fail')
    .map(({ environment }) => environmentName(environment));
  switch (row.verdict) {
    case 'fail':
      return failing.length === 0 ? `${row.name} fails.` : `${row.name} fails in ${listed(failing)}.`;
    case 'pass':
      return `${row.name} passes.`;
    case 'cannot-judge':
      return `${row.name} cannot be judged.`;
    case undefined:
      return `${row.name} is not judged yet.`;
  }
}

/** Which of its parts bring the verdict about. */
function reasonOf({ row, parts }: Immutable<ApplicationDetail>): string {
  const verdict = row.verdict;
  if (verdict === 'pass') return `All of its ${counted(parts.length, 'part')} pass where they are.`;
  const bad = parts.filter(({ versions }) => versions.some((one) => one.verdict === verdict));
  const names = bad.slice(0, 3).map(({ repository }) => repository);
  const more = bad.length - names.length;
  if (bad.length === 0) return '';
  const what = verdict === 'fail' ? 'breaks a rule' : 'has no verdict';
  const whatAll = verdict === 'fail' ? 'break a rule' : 'have no verdict';
  return `${more > 0 ? `${names.join(', ')} and ${count(more)} more` : listed(names)} ${bad.length === 1 ? what : whatAll}.`;
}

function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
