import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Host } from '#inventory/contract.ts';
import { AgentStateMark } from '../link/agent-state.tsx';
import { SensorCell } from '../sensor/sensor-cell.tsx';
import type { Sensors } from '../sensor/sensors.ts';
import { environmentName } from '../../app/environment.ts';
import type { Column } from '../../ui/columns.ts';
import { bytes, count, counted } from '../../ui/format.ts';
import { Glow } from '../../ui/glow.tsx';
import { State } from '../../ui/state-mark.tsx';

/** One line for each host: what it is, in which environment, how its agent is, what protects it, what it holds. */
export function hostColumns(sensors: Sensors | undefined): readonly Column<Host>[] {
  return [...identityColumns, runtimeColumn(sensors), ...holdingColumns];
}

function runtimeColumn(sensors: Sensors | undefined): Column<Host> {
  return {
    id: 'runtime',
    name: 'Runtime',
    className: 'c-runtime',
    cell: (host) => <SensorCell host={host.name} sensors={sensors} />,
  };
}

const identityColumns: readonly Column<Host>[] = [
  {
    id: 'name',
    name: 'Host',
    className: 'breakable',
    heads: 'row',
    cell: (host) => (
      <>
        <span className="l1 strong">{host.name}</span>
        <Machine facts={host.facts} />
      </>
    ),
  },
  { id: 'environment', name: 'Environment', className: '', cell: (host) => <Place host={host} /> },
  {
    id: 'agent',
    name: 'Agent',
    className: '',
    cell: (host) => (
      <>
        <AgentStateMark state={host.agent.state} seenAt={host.agent.seenAt} />
        <span className="l2">
          <Link to="/agents" className="quiet">
            {host.agent.version}
          </Link>
        </span>
      </>
    ),
  },
];

const holdingColumns: readonly Column<Host>[] = [
  { id: 'engine', name: 'Engine', className: '', cell: (host) => <EngineCell engine={host.facts?.engine} /> },
  {
    id: 'images',
    name: 'Images',
    className: 'num',
    cell: (host) => (
      <Link to="/images" search={{ host: host.name }}>
        <Glow value={host.counts.images}>{count(host.counts.images)}</Glow>
        <span className="sr"> on {host.name}</span>
      </Link>
    ),
  },
  { id: 'running', name: 'Running', className: 'num', cell: (host) => <Running host={host} /> },
  {
    id: 'unscanned',
    name: 'Not scanned',
    className: 'num',
    cell: (host) =>
      host.counts.unscanned === 0 ? (
        <span className="quiet">0</span>
      ) : (
        <Link to="/images" search={{ verdict: 'unscanned', search: host.name }}>
          {count(host.counts.unscanned)}
          <span className="sr"> on {host.name}</span>
        </Link>
      ),
  },
  {
    id: 'scanner',
    name: 'Scanner',
    className: 'soft breakable c-scanner',
    cell: (host) => <ScannerCell stale={host.stale} progress={host.facts?.progress} />,
  },
];

function Machine({ facts }: { readonly facts: Host['facts'] }): ReactNode {
  if (facts === undefined) return <span className="l2">has not reported what it is yet</span>;
  const { os, kernel, architecture, cpus, memory } = facts;
  return (
    <span className="l2" title={`${counted(cpus, 'CPU')}, ${bytes(memory)} memory`}>
      {os}, kernel {kernel}, {architecture}
    </span>
  );
}

function Place({ host }: { readonly host: Host }): ReactNode {
  return (
    <>
      {host.environment === undefined ? (
        <State state="unknown">{environmentName(undefined)}</State>
      ) : (
        <>
          <span className="l1">{host.environment}</span>
          <span className="l2">{host.environmentFrom === 'collection' ? 'by a collection' : 'by its agent'}</span>
        </>
      )}
      {host.refusedCollection && <RefusedCollection {...host.refusedCollection} />}
    </>
  );
}

function RefusedCollection({ collection, environment }: NonNullable<Host['refusedCollection']>): ReactNode {
  return (
    <span className="l2">
      <State state="unknown">
        the collection {collection} asks for {environment}, the join token does not allow it
      </State>
    </span>
  );
}

function EngineCell({ engine }: { readonly engine: NonNullable<Host['facts']>['engine'] | undefined }): ReactNode {
  switch (engine?.kind) {
    case 'docker':
      return (
        <>
          <span className="l1">
            Docker {engine.version} {engine.rootless && <span className="mark">rootless</span>}
          </span>
          <span className="l2">
            {engine.driver}, {engine.imageStore === 'containerd' ? "containerd's image store" : "Docker's image store"}
          </span>
        </>
      );
    case 'none':
      return (
        <>
          <State state="unknown">No engine</State>
          <span className="l2">{engine.reason}</span>
        </>
      );
    case undefined:
      return <State state="unknown">Not known yet</State>;
  }
}

function Running({ host }: { readonly host: Host }): ReactNode {
  const { running, containers } = host.counts;
  return (
    <>
      <Link to="/containers" search={{ host: host.name, state: 'up' }}>
        <Glow value={running}>{count(running)}</Glow>
        <span className="sr"> on {host.name}</span>
      </Link>
      {containers > running && (
        <span className="l2">
          <Link to="/containers" search={{ host: host.name }} className="quiet">
            {count(containers)} in all
            <span className="sr"> on {host.name}</span>
          </Link>
        </span>
      )}
    </>
  );
}

type Progress = NonNullable<Host['facts']>['progress'];

function ScannerCell({ stale, progress }: { readonly stale: boolean; readonly progress: Progress }): ReactNode {
  if (stale) return <State state="unknown">not known</State>;
  if (progress === undefined) return 'idle';
  const { done, total, current } = progress;
  return (
    <>
      <span className="l1">
        scanning {count(Math.min(done + 1, total))} of {count(total)}
      </span>
      <progress className="scan-progress" max={total} value={done} aria-label="Scanned so far" />
      {current !== undefined && <span className="l2">{current}</span>}
    </>
  );
}
