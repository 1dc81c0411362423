import type { TcpAddress } from '../../../facts/index.ts';
import { answer } from './answers.ts';
import { type Info, PublishedPorts, ServicePorts } from './schema.ts';

/**
 * Places that an engine holds open itself for its containers, so that nobody else takes them: all published ports where no
 * proxy runs, and those of a swarm's services, which only managers are told. Rejects where the engine does not tell them.
 */
export async function publishedPorts(socket: string, info: Info): Promise<ReadonlySet<string>> {
  const containers = await answer(socket, '/containers/json', PublishedPorts);
  if (containers === undefined) throw new Error('the engine does not tell which ports are published');
  const ports = containers.flatMap(({ Ports }) => Ports ?? []).filter(({ Type }) => Type === 'tcp');
  const ofContainers = ports.map(({ IP, PublicPort }) => placeOf({ address: IP ?? '', port: PublicPort ?? 0 }));
  const services = info.Swarm?.ControlAvailable === true ? await answer(socket, '/services', ServicePorts) : [];
  if (services === undefined) throw new Error('the engine does not tell which ports its services publish');
  const ofServices = services
    .flatMap(({ Endpoint }) => Endpoint?.Ports ?? [])
    .filter(({ Protocol }) => Protocol === 'tcp');
  const everywhere = ofServices.map(({ PublishedPort }) => placeOf({ address: '', port: PublishedPort ?? 0 }));
  return new Set([...ofContainers, ...everywhere]);
}

/** One place by one name: a wildcard of either family takes the port of both, so there is one at most. */
export function placeOf({ address, port }: TcpAddress): string {
  const isWildcard = address === '' || address === '0.0.0.0' || address === '::';
  return `${isWildcard ? '*' : address} ${port}`;
}
