import { BlockList, isIP } from 'node:net';
import type { ContainerFact } from './contract.ts';

/** What of a container's settings decides how dangerous a vulnerability in it is. Whatever is missing is unknown. */
export interface ContainerContext {
  /**
   * How far it can be reached. Only a public address of the host is taken for the internet: a port on all addresses is
   * reachable from other hosts, and nothing here proves more.
   */
  readonly exposure?: 'internet' | 'other-host' | 'same-host' | 'egress-only' | 'none';
  /**
   * What could carry an attack out of it. `full`: privileged, the engine's socket or the host's root; `partial`: a
   * sensitive mount or a dangerous capability; `namespace`: a namespace of the host.
   */
  readonly escape: 'full' | 'partial' | 'namespace' | 'none';
  readonly user: 'root' | 'other';
}

type Settings = Pick<
  ContainerFact,
  'ports' | 'networks' | 'hostNamespaces' | 'privileged' | 'mounts' | 'capabilities' | 'user'
>;

/** Reads the context from a container's settings. */
export function containerContext(container: Settings): ContainerContext {
  const exposure = exposureOf(container);
  return {
    ...(exposure === undefined ? {} : { exposure }),
    escape: escapeOf(container),
    user: /^(?:|0+|root)(?::.*)?$/.test(container.user) ? 'root' : 'other',
  };
}

function exposureOf({ ports, networks, hostNamespaces }: Settings): ContainerContext['exposure'] {
  const reached = new Set(ports.flatMap(({ host }) => (host === undefined ? [] : [reachOf(host.address)])));
  if (reached.has('internet')) return 'internet';
  if (reached.has('other-host') || hostNamespaces.includes('network')) return 'other-host';
  if (reached.has('same-host')) return 'same-host';
  if (networks.length === 0) return undefined;
  return networks.every((network) => network === 'none') ? 'none' : 'egress-only';
}

function reachOf(address: string): 'internet' | 'other-host' | 'same-host' {
  const version = isIP(address);
  if (version === 0) return 'other-host';
  const family = version === 4 ? 'ipv4' : 'ipv6';
  if (loopback.check(address, family)) return 'same-host';
  if (version === 6 && !globalUnicast.check(address, family)) return 'other-host';
  return notPublic.check(address, family) ? 'other-host' : 'internet';
}

function blockList(ranges: readonly string[]): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [network = '', bits] = range.split('/');
    list.addSubnet(network, Number(bits), network.includes(':') ? 'ipv6' : 'ipv4');
  }
  return list;
}

const loopback = blockList(['127.0.0.0/8', '::1/128']);
/** RFC 4291, section 2.5.4, as IANA assigns it. */
const globalUnicast = blockList(['2000::/3']);
/** IANA's special-purpose registries: what no router of the internet forwards. */
const notPublic = blockList([
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/3',
  '2001:db8::/32',
]);

function escapeOf({ privileged, mounts, capabilities, hostNamespaces }: Settings): ContainerContext['escape'] {
  const binds = mounts.filter(({ kind }) => kind === 'bind');
  if (privileged || binds.some(({ source }) => opensHost(source))) return 'full';
  if (binds.some(isSensitive) || capabilities.added.some(isDangerous)) return 'partial';
  return hostNamespaces.some((namespace) => openNamespaces.includes(namespace)) ? 'namespace' : 'none';
}

const engineSocket = /\/(?:docker|containerd|podman|crio|cri-dockerd)\.sock$/;
/** Folders with an engine's socket in them, and the host's root. A read-only mount does not keep from connecting. */
const openFolders = ['/', '/run', '/var/run', '/run/containerd', '/run/podman', '/run/crio'];

function opensHost(source: string): boolean {
  return openFolders.includes(cleaned(source)) || engineSocket.test(source);
}

const sensitiveFolders = [
  '/boot',
  '/dev',
  '/etc',
  '/proc',
  '/root',
  '/run',
  '/sys',
  '/usr',
  '/var/lib/containerd',
  '/var/lib/docker',
  '/var/lib/kubelet',
  '/var/run',
];
/** Often mounted, and harmless when they are read. */
const harmless = [
  '/etc/ca-certificates',
  '/etc/hostname',
  '/etc/hosts',
  '/etc/localtime',
  '/etc/machine-id',
  '/etc/pki/ca-trust',
  '/etc/resolv.conf',
  '/etc/ssl/certs',
  '/etc/timezone',
  '/usr/share/zoneinfo',
];

function isSensitive({ source, writable }: ContainerFact['mounts'][number]): boolean {
  const path = cleaned(source);
  if (!writable && harmless.some((folder) => isWithin(path, folder))) return false;
  return sensitiveFolders.some((folder) => isWithin(path, folder) || isWithin(folder, path));
}

function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}

function cleaned(path: string): string {
  return path.length > 1 ? path.replace(/\/+$/, '') || '/' : path;
}

const dangerousCapabilities = [
  'ALL',
  'BPF',
  'DAC_READ_SEARCH',
  'LINUX_IMMUTABLE',
  'MAC_ADMIN',
  'MAC_OVERRIDE',
  'NET_ADMIN',
  'PERFMON',
  'SYSLOG',
  'SYS_ADMIN',
  'SYS_BOOT',
  'SYS_MODULE',
  'SYS_PTRACE',
  'SYS_RAWIO',
  'SYS_TIME',
];

function isDangerous(capability: string): boolean {
  return dangerousCapabilities.includes(capability.toUpperCase().replace(/^CAP_/, ''));
}

/** The user's and the cgroup's are the host's by default, on many engines. */
const openNamespaces: readonly string[] = ['ipc', 'network', 'pid', 'uts'];
