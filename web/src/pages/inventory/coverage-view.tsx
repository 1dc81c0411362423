import { useQuery } from '@tanstack/react-query';
import { Link, type LinkProps } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { listUnscanned } from '#explorer/contract.ts';
import type { Host } from '#inventory/contract.ts';
import { listGates } from '../../../../src/gate/contract.ts';
import { reading } from '../../api.ts';
import { environmentName } from '../../app/environment.ts';
import { useNow } from '../../ui/clock.ts';
import type { Column } from '../../ui/columns.ts';
import { PlainTable } from '../../ui/plain-table.tsx';
import { State } from '../../ui/state-mark.tsx';
import type { Sensors } from '../sensor/sensors.ts';
import { type Covered, coverageOf, type HostCoverage } from './coverage.ts';

interface CoverageProps {
  readonly hosts: readonly Host[];
  readonly sensors: Sensors;
}

/** Hosts by what covers them: gate, sensor, scans and models, by what each host reported. Unknown comes first. */
export function CoverageView({ hosts, sensors }: CoverageProps): ReactNode {
  const now = useNow();
  const gates = useQuery(reading(listGates));
  const unscanned = useQuery(reading(listUnscanned, { query: { limit: 1 } }));
  const isPending = gates.isPending || unscanned.isPending;
  const lines = isPending
    ? undefined
    : coverageOf(hosts, {
        gates: gates.data?.gates,
        sensors,
        unscanned: unscanned.data && new Map(unscanned.data.hosts.map((one) => [one.host, one])),
        now,
      });
  return (
    <div className="section bare">
      <PlainTable name="Coverage of hosts" rows={lines} columns={columns} keyOf={({ host }) => host.name} />
    </div>
  );
}

const columns: readonly Column<HostCoverage>[] = [
  {
    id: 'name',
    name: 'Host',
    className: 'breakable',
    heads: 'row',
    cell: ({ host }) => (
      <>
        <span className="l1 strong">{host.name}</span>
        <span className="l2">{environmentName(host.environment)}</span>
      </>
    ),
  },
  {
    id: 'gate',
    name: 'Gate',
    className: '',
    cell: ({ gate }) => <Cell of={gate} link={{ to: '/deployments', search: { view: 'gates' } }} />,
  },
  {
    id: 'sensor',
    name: 'Sensor',
    className: '',
    cell: ({ sensor, host }) => <Cell of={sensor} link={{ to: '/hosts', search: { host: host.name } }} />,
  },
  {
    id: 'scan',
    name: 'Scan',
    className: '',
    cell: ({ scan, host }) => <Cell of={scan} link={scanLink(scan, host)} />,
  },
  {
    id: 'model',
    name: 'Models',
    className: '',
    cell: ({ model, host }) => (
      <Cell of={model} link={{ to: '/containers', search: { host: host.name, state: 'up' } }} />
    ),
  },
];

function scanLink({ state }: Covered, { name }: Host): LinkProps {
  return state === 'pass'
    ? { to: '/images', search: { host: name } }
    : { to: '/images', search: { verdict: 'unscanned', search: name } };
}

function Cell({ of, link }: { readonly of: Covered; readonly link: LinkProps }): ReactNode {
  return (
    <Link {...link}>
      <State state={of.state}>{of.word}</State>
    </Link>
  );
}
