import { oneLine } from '#base/index.ts';
import type { ContainerFact } from '../../../contract.ts';
import { runs } from './run-state.ts';
import type { InspectedContainer } from './schema.ts';

type Port = ContainerFact['ports'][number];

/** Ports as they are published now; of a container that does not run, as it asks for them. */
export function portsOf({
  State: state,
  Config: config,
  HostConfig: host,
  NetworkSettings: network,
}: InspectedContainer): Port[] {
  const exposed = Object.keys(config.ExposedPorts ?? {}).map((port) => [port, null] as const);
  const bindings = (runs(state.Status) ? network?.Ports : host.PortBindings) ?? {};
  const all = new Map([...exposed, ...Object.entries(bindings)]);
  return [...all].flatMap(([port, places]) => portOf(port, places ?? [])).slice(0, 5000);
}

function portOf(port: string, places: readonly { readonly HostIp: string; readonly HostPort: string }[]): Port[] {
  const [, number = '', protocol] = /^(\d+)(?:\/(tcp|udp|sctp))?$/.exec(port) ?? [];
  const container = Number(number);
  if (!isPort(container)) return [];
  const bare: Port = { container, protocol: protocolOf(protocol) };
  const published = places.flatMap(({ HostIp, HostPort }) => {
    const host = { address: oneLine(HostIp || '0.0.0.0', 64), port: Number(HostPort) };
    return isPort(host.port) ? [{ ...bare, host }] : [];
  });
  return published.length > 0 ? published : [bare];
}

function protocolOf(name: string | undefined): Port['protocol'] {
  return name === 'udp' || name === 'sctp' ? name : 'tcp';
}

function isPort(port: number): boolean {
  return Number.isInteger(port) && port >= 1 && port <= 65_535;
}
