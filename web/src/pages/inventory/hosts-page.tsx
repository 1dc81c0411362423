import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { type Host, listHosts } from '#inventory/contract.ts';
import { reading } from '../../api.ts';
import { environmentKey, environmentName, useEnvironment } from '../../app/environment.ts';
import { useMe } from '../../app/session.ts';
import { EmptyState, ErrorState } from '../../ui/blank.tsx';
import { count, counted } from '../../ui/format.ts';
import { Icon } from '../../ui/icon.tsx';
import { PageHead, WaitingHead } from '../../ui/page-head.tsx';
import { PlainTable } from '../../ui/plain-table.tsx';
import { JoinDialog } from '../link/join-dialog.tsx';
import { hostColumns } from './host-columns.tsx';
import './hosts-page.css';

const title = 'Hosts';
const route = getRouteApi('/inside/hosts');

/** Machines that report what they hold, and how their agents stand. */
export function HostsPage(): ReactNode {
  const { data, error, refetch } = useQuery(reading(listHosts));
  const environment = useEnvironment();
  const { state } = route.useSearch();
  const [joining, setJoining] = useState(false);
  const mayJoin = useMe()?.permissions.includes('manage-agents') === true;
  if (error) return <ErrorState error={error} retry={() => void refetch()} />;
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
      <HostsHead hosts={hosts} environment={environment} actions={hosts && hosts.length > 0 && add} />
      {hosts && hosts.length > 0 && <HostTabs hosts={hosts} />}
      <div className="section bare">
        <PlainTable
          name="Hosts"
          rows={state === 'away' ? hosts?.filter(({ stale }) => stale) : hosts}
          columns={hostColumns}
          keyOf={(host) => host.name}
          stale={(host) => host.stale}
          empty={hosts?.length ? <NoneAway /> : <NoHosts elsewhere={data?.hosts.length ?? 0} add={add} />}
        />
      </div>
      {mayJoin && <JoinDialog opened={joining} close={() => setJoining(false)} />}
    </>
  );
}

function NoneAway(): ReactNode {
  return (
    <EmptyState icon="hosts" title="No agent is away">
      <p className="soft">A host is listed here when its agent has not reported for 30 seconds, until it is back.</p>
    </EmptyState>
  );
}

function HostTabs({ hosts }: { readonly hosts: readonly Host[] }): ReactNode {
  const tabs = [
    [undefined, 'All', hosts.length],
    ['away', 'Away', hosts.filter(({ stale }) => stale).length],
  ] as const;
  return (
    <nav className="tabs" aria-label="State of the agent">
      {tabs.map(([state, name, number]) => (
        <Link
          key={name}
          to="/hosts"
          search={{ state }}
          resetScroll={false}
          activeOptions={{ includeSearch: true, explicitUndefined: true }}
        >
          {name}
          <b>{count(number)}</b>
        </Link>
      ))}
    </nav>
  );
}

interface HeadProps {
  readonly hosts: readonly Host[] | undefined;
  readonly environment: string | undefined;
  readonly actions: ReactNode;
}

function HostsHead({ hosts, environment, actions }: HeadProps): ReactNode {
  if (hosts === undefined) return <WaitingHead title={title} />;
  const place = environment === undefined ? 'to this console' : `from ${environmentName(environment)}`;
  if (hosts.length === 0) return <PageHead title={title} state="unknown" verdict={`No host reports ${place}.`} />;
  const stale = hosts.filter((host) => host.stale);
  const unscanned = hosts.reduce((sum, host) => sum + host.counts.unscanned, 0);
  return (
    <PageHead
      title={title}
      state={stale.length + unscanned > 0 ? 'unknown' : 'pass'}
      verdict={`${reporting(hosts.length - stale.length, hosts.length)} ${place}.`}
      reason={
        <>
          {stale.length > 0 && `${staleSentence(stale)} `}
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

function UnscannedSentence({ unscanned }: { readonly unscanned: number }): ReactNode {
  if (unscanned === 0) return 'Everything that they hold is scanned.';
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
      <EmptyState icon="hosts" title="No host stands in this environment">
        <p className="soft">
          An agent says where its host stands: <code>seawall agent --environment prod</code>. Look at{' '}
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
        <code>seawall agent --console LINK --token TOKEN</code>
      </div>
      {add || <p className="small quiet">An operator or administrator makes the token for it.</p>}
    </EmptyState>
  );
}
