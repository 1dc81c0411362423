import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { type Host, listHosts } from '#inventory/contract.ts';
import { reading } from '../../api.ts';
import { EmptyState, ErrorState, Skeleton } from '../../ui/blank.tsx';
import { useNow } from '../../ui/clock.ts';
import { Command } from '../../ui/copy-button.tsx';
import { count, counted } from '../../ui/format.ts';
import { Glow } from '../../ui/glow.tsx';
import { When } from '../../ui/marks.tsx';
import { PageHead } from '../../ui/page-head.tsx';
import { State } from '../../ui/state-mark.tsx';
import './hosts-page.css';

const title = 'Hosts';
/** A host that has not reported for this long is shown as silent. */
const silentAfterMs = 15 * 60_000;

/** Machines whose images are scanned, and how their scanners stand. */
export function HostsPage(): ReactNode {
  const { data, error, refetch } = useQuery(reading(listHosts));
  if (error) return <ErrorState error={error} retry={() => void refetch()} />;
  if (data === undefined) {
    return (
      <>
        <PageHead title={title} verdict="" />
        <p className="section" aria-busy="true">
          <Skeleton width={320} />
        </p>
      </>
    );
  }
  if (data.hosts.length === 0) return <NoHosts />;
  const unscanned = data.hosts.reduce((sum, host) => sum + host.unscanned.length, 0);
  return (
    <>
      <PageHead
        title={title}
        state={unscanned > 0 ? 'unknown' : 'pass'}
        verdict={`${counted(data.hosts.length, 'host reports', 'hosts report')} to this console.`}
        reason={
          unscanned > 0 ? (
            <>
              <Link to="/images" search={{ verdict: 'unscanned' }}>
                {count(unscanned)}
              </Link>{' '}
              of what they hold could not be scanned.
            </>
          ) : (
            'Everything that they hold is scanned.'
          )
        }
      />
      <HostTable hosts={data.hosts} />
    </>
  );
}

function NoHosts(): ReactNode {
  return (
    <>
      <PageHead title={title} state="unknown" verdict="No host reports yet." />
      <EmptyState icon="hosts" title="Hosts appear here with the images they hold">
        <p className="soft">Started as root on Linux with Docker running, the console scans its own machine:</p>
        <Command text="npm start" />
      </EmptyState>
    </>
  );
}

function HostTable({ hosts }: { readonly hosts: readonly Host[] }): ReactNode {
  return (
    <div className="section bare">
      <table className="as-cards hosts" aria-label="Hosts">
        <thead>
          <tr>
            <th scope="col">Host</th>
            <th scope="col">Engine</th>
            <th scope="col" className="num">
              Images
            </th>
            <th scope="col" className="num">
              Not scanned
            </th>
            <th scope="col">Scanner</th>
            <th scope="col">Seen</th>
          </tr>
        </thead>
        <tbody>
          {hosts.map((host) => (
            <HostRow key={host.name} host={host} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function HostRow({ host }: { readonly host: Host }): ReactNode {
  const now = useNow();
  const silent = now.getTime() - Date.parse(host.seenAt) > silentAfterMs;
  return (
    <tr className={silent ? 'hatch-row' : undefined}>
      <th scope="row" className="strong breakable">
        {host.name}
      </th>
      <td>
        <EngineCell engine={host.engine} />
      </td>
      <td className="num">
        <Link to="/images" search={{ search: host.name }}>
          <Glow value={host.present.length}>{count(host.present.length)}</Glow>
        </Link>
      </td>
      <td className="num">
        {host.unscanned.length === 0 ? (
          <span className="quiet">0</span>
        ) : (
          <Link to="/images" search={{ verdict: 'unscanned', search: host.name }}>
            {count(host.unscanned.length)}
          </Link>
        )}
      </td>
      <td className="soft breakable">
        <ScannerCell progress={host.progress} />
      </td>
      <td className="soft">
        {silent && <span className="mark dashed">silent</span>} <When moment={host.seenAt} />
      </td>
    </tr>
  );
}

function EngineCell({ engine }: { readonly engine: Host['engine'] }): ReactNode {
  switch (engine.kind) {
    case 'docker':
      return <State state="pass">Docker {engine.version}</State>;
    case 'none':
      return (
        <>
          <State state="unknown">No engine</State> <span className="soft small breakable">{engine.reason}</span>
        </>
      );
  }
}

function ScannerCell({ progress }: { readonly progress: Host['progress'] }): ReactNode {
  if (progress === undefined) return 'idle';
  const { done, total, current } = progress;
  return (
    <>
      scanning {count(Math.min(done + 1, total))} of {count(total)}
      {current === undefined ? '' : `: ${current}`}
    </>
  );
}
