import type { ContainerShape, PublishedPort } from '#inventory/index.ts';
import { fail, failIfAny, type Judgement, notApplicable, pass } from '../../judgement.ts';
import { containerCheck } from './container-check.ts';

type Ports = Pick<ContainerShape, 'ports' | 'hostNamespaces'>;

const publishing = {
  docker: 'Name address and port: -p 127.0.0.1:8443:8443',
  compose: 'Name address and port: ports: ["127.0.0.1:8443:8443"]',
} as const;

/** A container on the host's network publishes nothing, and reaches all; that is another check's answer. */
function judgePorts({ ports, hostNamespaces }: Ports, isWrong: (port: PublishedPort) => boolean): Judgement {
  if (hostNamespaces.some(({ namespace }) => namespace === 'network'))
    return notApplicable('It uses the host’s network and publishes no port; CTR-030 is about that.');
  return failIfAny([...new Set(ports.filter(isWrong).map(portWords))]);
}

/** `0.0.0.0:443/tcp`, for a port that the engine picks `a random port for 80/tcp`. */
function portWords({ protocol, port, address, from, to }: PublishedPort): string {
  const at = address === '' ? '' : `${address.includes(':') ? `[${address}]` : address}:`;
  if (from === 0) return `${at}a random port for ${port}/${protocol}`;
  return `${at}${from === to ? from : `${from}-${to}`}/${protocol}`;
}

/** Whether each port of the host is one of the listed. */
function isListed({ from, to, protocol }: PublishedPort, listed: readonly string[]): boolean {
  if (from === 0) return false;
  return Array.from({ length: to - from + 1 }, (_, at) => `${from + at}/${protocol}`).every((port) =>
    listed.includes(port),
  );
}

const everyAddress: readonly string[] = ['', '0.0.0.0', '::'];

export const networkChecks = [
  containerCheck({
    id: 'CTR-026',
    title: 'No port below 1024 is published',
    why: 'Clients expect the host’s own services on these ports, and trust them.',
    remedy: publishing,
    severity: 'low',
    nist: ['4.4.2'],
    cis: ['5.8'],
    version: 1,
    needs: ['ports', 'hostNamespaces'],
    lists: ['allowed-low-ports'],
    judge: (facts, { lists }) =>
      judgePorts(facts, (port) => port.from > 0 && port.from < 1024 && !isListed(port, lists['allowed-low-ports'])),
  }),
  containerCheck({
    id: 'CTR-027',
    title: 'Only approved ports are published',
    why: 'A port that nobody approved is a way in that nobody watches.',
    remedy: publishing,
    severity: 'medium',
    nist: ['4.4.2'],
    cis: ['5.9'],
    version: 1,
    needs: ['ports', 'hostNamespaces'],
    lists: ['approved-ports'],
    judge: (facts, { lists }) => judgePorts(facts, (port) => !isListed(port, lists['approved-ports'])),
  }),
  containerCheck({
    id: 'CTR-028',
    title: 'The image does not decide which ports are published',
    why: 'A new version of the image can open ports on the host that nobody asked for.',
    remedy: { docker: 'Run without -P; name each port with -p' },
    severity: 'low',
    nist: ['4.4.2'],
    cis: ['5.9'],
    version: 1,
    needs: ['publishAll'],
    judge: ({ publishAll }) => (publishAll ? fail('publish all') : pass),
  }),
  containerCheck({
    id: 'CTR-029',
    title: 'Published ports are bound to one address',
    why: 'A port on all addresses, IPv6 included, is open to networks that should not reach it.',
    remedy: publishing,
    severity: 'medium',
    nist: ['4.4.2'],
    cis: ['5.14'],
    version: 1,
    needs: ['ports', 'hostNamespaces'],
    judge: (facts) => judgePorts(facts, ({ address }) => everyAddress.includes(address)),
  }),
  containerCheck({
    id: 'CTR-061',
    title: 'It is not on the engine’s default network',
    why: 'All containers that name no network share this one, and each reaches all ports of the others.',
    remedy: {
      docker: 'Create a network, and run with --network NAME',
      compose: 'Leave out network_mode: bridge; a project has a network of its own',
    },
    severity: 'medium',
    nist: ['4.3.3', '4.4.2'],
    cis: ['5.30'],
    version: 1,
    needs: ['networks'],
    judge: ({ networks }) => (networks.includes('bridge') ? fail('bridge') : pass),
  }),
  containerCheck({
    id: 'CTR-062',
    title: 'It is not linked to other containers',
    why: 'A legacy link gives this container the environment of the other, secrets included.',
    remedy: {
      docker: 'Leave out --link; put both on one network and use the name',
      compose: 'Leave out links; put both on one network and use the name',
    },
    severity: 'low',
    nist: ['4.3.3'],
    version: 1,
    needs: ['links'],
    cis: ['5.30'],
    judge: ({ links }) => failIfAny(links),
  }),
  containerCheck({
    id: 'CTR-090',
    title: 'No guarded name gets an address of its own in its hosts file',
    why: 'A wrong address for a registry or control plane sends requests, with their credentials, to someone else.',
    remedy: { docker: 'Leave out --add-host of the name', compose: 'Take the name out of extra_hosts' },
    severity: 'low',
    nist: ['4.4.2'],
    version: 1,
    needs: ['extraHosts'],
    lists: ['guarded-names'],
    judge: ({ extraHosts }, { lists }) => failIfAny(extraHosts.filter((name) => lists['guarded-names'].includes(name))),
  }),
];
