import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { type Host, listHosts } from '#inventory/contract.ts';
import { reading } from '../../api.ts';
import { environmentKey, environmentName, useEnvironment } from '../../app/environment.ts';
import { FilteredTable } from '../../app/filtered-table.tsx';
import { Tabs } from '../../app/tabs.tsx';
import { useMe } from '../../app/session.ts';
import { EmptyState, ErrorState } from '../../ui/blank.tsx';
import { count, counted } from '../../ui/format.ts';
import { Icon } from '../../ui/icon.tsx';
import { PageHead, WaitingHead } from '../../ui/page-head.tsx';
import { DetailPane } from '../../ui/detail-pane.tsx';
import type { MarkState } from '../../ui/state-mark.tsx';
import { Compliance, ImportedResults } from '../compliance/lazy-compliance.tsx';
import { JoinDialog } from '../link/join-dialog.tsx';
import { SensorDetail } from '../sensor/sensor-detail.tsx';
import { isProtected, type LackingHosts, lackingHosts, lateSentence } from '../sensor/sensor-words.ts';
import { type Sensors, useSensors } from '../sensor/sensors.ts';
import { CoverageView } from './coverage-view.tsx';
import { hostColumns } from './host-columns.tsx';
import type { HostsSearch } from './hosts-search.ts';
import './hosts-page.css';

const title = 'Hosts';
const route = getRouteApi('/inside/hosts');

/** Machines that report what they hold, and how their agents stand. */
export function HostsPage(): ReactNode {
  const { data, error, refetch } = useQuery(reading(listHosts));
  const environment = useEnvironment();
  const { sensors, error: unread, refetch: readAgain } = useSensors();
  const search = route.useSearch();
  const { state, host: opened } = search;
  const navigate = route.useNavigate();
  const [joining, setJoining] = useState(false);
  const mayJoin = useMe()?.permissions.includes('manage-agents') === true;
  if (error) return <ErrorState error={error} retry={() => void refetch()} />;
  if (unread) return <ErrorState error={unread} retry={readAgain} />;
  const hosts = data?.hosts.filter(
    (host) => environment === undefined || environmentKey(host.environment) === environment,
  );
  const add = mayJoin && (
    <button type="button" className="btn primary" onClick={() => setJoining(true)}>
      <Icon name="plus" />
      Add a host
    </button>
  );
  return (
    <>
      <HostsHead hosts={hosts} environment={environment} actions={hosts && hosts.length > 0 && add} sensors={sensors} />
      {hosts && hosts.length > 0 && <HostTabs hosts={hosts} sensors={sensors} />}
      {state === 'coverage' && hosts?.length && sensors ? (
        <CoverageView hosts={hosts} sensors={sensors} />
      ) : (
        <HostList
          hosts={hosts}
          sensors={sensors}
          search={search}
          none={<NoHosts elsewhere={data?.hosts.length ?? 0} add={add} />}
        />
      )}
      <DetailPane
        place="over"
        title={`Host ${opened ?? ''}`}
        kind="Host"
        opened={opened !== undefined}
        close={() =>
          void navigate({ search: (before) => ({ ...before, host: undefined }), replace: true, resetScroll: false })
        }
      >
        {opened !== undefined && <HostDetail host={opened} />}
      </DetailPane>
      {mayJoin && <JoinDialog opened={joining} close={() => setJoining(false)} />}
    </>
  );
}

/** How a host is protected, and how checks stand for it and its engine. */
function HostDetail({ host }: { readonly host: string }): ReactNode {
  return (
    <>
      <SensorDetail host={host} />
      <Compliance title="Compliance of the host" host={host} kind="host" id="self" asker="host" isRunning />
      <Compliance title="Compliance of the engine" host={host} kind="engine" id="self" asker="engine" isRunning />
      <ImportedResults of={{ host }} />
    </>
  );
}

interface ListProps extends Pick<HeadProps, 'hosts' | 'sensors'> {
  readonly search: HostsSearch;
  /** Shown where there is no host. */
  readonly none: ReactNode;
}

function HostList({ hosts, sensors, search, none }: ListProps): ReactNode {
  const { state } = search;
  return (
    <div className="section bare">
      <FilteredTable<Host, HostsSearch>
        name="Hosts"
        noun={['host', 'hosts']}
        search={search}
        searchFor="host or environment"
        textOf={({ name, environment: at }) => `${name} ${environmentName(at)}`}
        rows={sensors && hosts?.filter(isListed(state, sensors))}
        columns={hostColumns(sensors)}
        keyOf={(host) => host.name}
        stale={(host) => host.stale}
        empty={hosts?.length ? <NoneInState state={state} /> : none}
      />
    </div>
  );
}

function isListed(state: HostsSearch['state'], sensors: Sensors): (host: Host) => boolean {
  switch (state) {
    case undefined:
    case 'coverage':
      return () => true;
    case 'away':
      return ({ stale }) => stale;
    case 'unprotected':
      return ({ name }) => !isProtected(sensors.get(name));
  }
}

function NoneInState({ state }: { readonly state: HostsSearch['state'] }): ReactNode {
  if (state === 'unprotected') {
    return (
      <EmptyState icon="hosts" title="Every host is protected as its rules ask">
        <p className="soft">
          A host is listed here when a container on it is not protected as its rule asks, or nobody can say, with the
          reason.
        </p>
      </EmptyState>
    );
  }
  return (
    <EmptyState icon="hosts" title="No agent is away">
      <p className="soft">A host is listed here when its agent has not reported for 30 seconds, until it is back.</p>
    </EmptyState>
  );
}

interface TabsProps {
  readonly hosts: readonly Host[];
  readonly sensors: Sensors | undefined;
}

function HostTabs({ hosts, sensors }: TabsProps): ReactNode {
  const inState = (state: HostsSearch['state']): number | undefined =>
    sensors && hosts.filter(isListed(state, sensors)).length;
  const { state, search } = route.useSearch();
  return (
    <Tabs
      name="State"
      field="state"
      search={{ state, search }}
      tabs={[
        [undefined, 'All', inState(undefined)],
        ['away', 'Away', inState('away')],
        ['unprotected', 'Not protected', inState('unprotected')],
        ['coverage', 'Coverage', null],
      ]}
    />
  );
}

interface HeadProps {
  readonly hosts: readonly Host[] | undefined;
  readonly sensors: Sensors | undefined;
  readonly environment: string | undefined;
  readonly actions: ReactNode;
}

function HostsHead({ hosts, sensors, environment, actions }: HeadProps): ReactNode {
  if (hosts === undefined || sensors === undefined) return <WaitingHead title={title} />;
  const place = environment === undefined ? 'to this console' : `from ${environmentName(environment)}`;
  if (hosts.length === 0) return <PageHead title={title} state="unknown" verdict={`No host reports ${place}.`} />;
  const stale = hosts.filter((host) => host.stale);
  const unscanned = hosts.reduce((sum, host) => sum + host.counts.unscanned, 0);
  const lacking = lackingHosts(hosts.map(({ name }) => sensors.get(name)));
  const reports = `${reporting(hosts.length - stale.length, hosts.length)} ${place}.`;
  const late = lateSentence(hosts.flatMap(({ name }) => sensors.get(name) ?? []));
  return (
    <PageHead
      title={title}
      state={headState(lacking, late !== undefined || stale.length + unscanned > 0)}
      verdict={lacking.all > 0 ? <LackingSentence lacking={lacking} hosts={hosts.length} /> : reports}
      reason={
        <>
          {lacking.all > 0 && `${reports} `}
          {stale.length > 0 && `${staleSentence(stale)} `}
          {late !== undefined && `${late} `}
          <UnscannedSentence unscanned={unscanned} />
        </>
      }
      actions={actions}
    />
  );
}

function reporting(live: number, all: number): string {
  if (live === all) return counted(all, 'host reports', 'hosts report');
  return `${count(live)} of ${counted(all, 'host')} ${live === 1 ? 'reports' : 'report'}`;
}

function staleSentence(stale: readonly Host[]): string {
  const [first] = stale;
  return stale.length === 1
    ? `${first?.name} is away: what is shown of it may be out of date.`
    : `${count(stale.length)} are away: what is shown of them may be out of date.`;
}

function headState({ all, unknown }: LackingHosts, isPartUnseen: boolean): MarkState {
  if (unknown > 0) return 'unknown';
  if (all > 0) return 'fail';
  return isPartUnseen ? 'unknown' : 'pass';
}

/** What is not protected, or not known to be, is said first. */
function LackingSentence({ lacking, hosts }: { readonly lacking: LackingHosts; readonly hosts: number }): ReactNode {
  return (
    <>
      <Link to="/hosts" search={{ state: 'unprotected' }}>
        {count(lacking.all)} of {counted(hosts, 'host')}
      </Link>{' '}
      {lacking.all === 1 ? 'is' : 'are'} {lacking.unknown > 0 ? 'not known to be' : 'not'} protected as the rules ask.
    </>
  );
}

function UnscannedSentence({ unscanned }: { readonly unscanned: number }): ReactNode {
  if (unscanned === 0) return 'No scan of what they hold failed.';
  return (
    <>
      <Link to="/images" search={{ verdict: 'unscanned' }}>
        {count(unscanned)}
      </Link>{' '}
      of what they hold {unscanned === 1 ? 'is' : 'are'} not scanned.
    </>
  );
}

function NoHosts({ elsewhere, add }: { readonly elsewhere: number; readonly add: ReactNode }): ReactNode {
  if (elsewhere > 0) {
    return (
      <EmptyState icon="hosts" title="No host is in this environment">
        <p className="soft">
          The join token of an agent says in which environments its host may be. Look at{' '}
          <Link to="/hosts" search={{ environment: undefined }}>
            all hosts
          </Link>
          .
        </p>
      </EmptyState>
    );
  }
  return (
    <EmptyState icon="hosts" title="Hosts appear here with the images and containers they hold">
      <p className="soft">
        An agent on a host reports what is there, and scans it where it lies. One command joins it:
      </p>
      <div className="command">
        <code>seawall agent --console LINK --token-file -</code>
      </div>
      {add || <p className="small quiet">An operator or administrator makes the token for it.</p>}
    </EmptyState>
  );
}
