import { describe, expect, test } from 'vitest';
import { containerContext } from './container-context.ts';
import type { ContainerFact } from './contract.ts';

type Settings = Parameters<typeof containerContext>[0];

const plain: Settings = {
  ports: [],
  networks: ['bridge'],
  hostNamespaces: [],
  privileged: false,
  mounts: [],
  capabilities: { added: [], dropped: [] },
  user: 'app',
};

const contextOf = (more: Partial<Settings>) => containerContext({ ...plain, ...more });
const published = (...addresses: readonly string[]): Partial<Settings> => ({
  ports: addresses.map((address) => ({ container: 80, protocol: 'tcp', host: { address, port: 80 } })),
});
const bind = (source: string, writable = true): ContainerFact['mounts'] => [
  { kind: 'bind', source, target: '/mnt', writable },
];

describe('how far a container can be reached', () => {
  test.each([
    ['other-host', '0.0.0.0'],
    ['other-host', '::'],
    ['other-host', '192.168.1.10'],
    ['other-host', '172.31.0.1'],
    ['other-host', '100.100.1.1'],
    ['other-host', 'fd00::1'],
    ['other-host', 'fe80::1'],
    ['other-host', '2001:db8::1'],
    ['other-host', 'something new'],
    ['same-host', '127.0.0.1'],
    ['same-host', '::1'],
    ['internet', '8.8.8.8'],
    ['internet', '172.32.0.1'],
    ['internet', '2a00:1450:4001::1'],
  ])('%s when it is published on %s', (exposure, address) => {
    expect(contextOf(published(address)).exposure).toBe(exposure);
  });

  test('is the widest of all', () => {
    expect(contextOf(published('127.0.0.1', '10.0.0.1')).exposure).toBe('other-host');
    expect(contextOf(published('127.0.0.1', '8.8.8.8', '10.0.0.1')).exposure).toBe('internet');
    expect(contextOf({ ...published('127.0.0.1'), hostNamespaces: ['network'] }).exposure).toBe('other-host');
  });

  test('without a published port is what its networks allow', () => {
    expect(contextOf({ ports: [{ container: 80, protocol: 'tcp' }] }).exposure).toBe('egress-only');
    expect(contextOf({ networks: ['none'] }).exposure).toBe('none');
    expect(contextOf({ networks: [] })).not.toHaveProperty('exposure');
  });
});

describe('what could carry an attack out of a container', () => {
  test.each<[string, Partial<Settings>]>([
    ['none', {}],
    [
      'none',
      { mounts: [{ kind: 'volume', source: '/var/lib/docker/volumes/data/_data', target: '/d', writable: true }] },
    ],
    ['none', { mounts: bind('/srv/data') }],
    ['none', { mounts: bind('/etc/localtime', false) }],
    ['none', { mounts: bind('/etc/ssl/certs/ca.pem', false) }],
    ['none', { mounts: bind('/etcetera') }],
    ['none', { capabilities: { added: ['NET_BIND_SERVICE'], dropped: ['SYS_ADMIN'] } }],
    ['none', { hostNamespaces: ['user', 'cgroup'] }],
    ['namespace', { hostNamespaces: ['pid'] }],
    ['partial', { mounts: bind('/etc/localtime') }],
    ['partial', { mounts: bind('/etc', false) }],
    ['partial', { mounts: bind('/var/lib/docker/containers') }],
    ['partial', { mounts: bind('/var') }],
    ['partial', { mounts: bind('/proc/sys/'), hostNamespaces: ['pid'] }],
    ['partial', { capabilities: { added: ['CAP_SYS_ADMIN'], dropped: [] } }],
    ['partial', { capabilities: { added: ['bpf'], dropped: [] } }],
    ['full', { privileged: true }],
    ['full', { mounts: bind('/', false) }],
    ['full', { mounts: bind('/var/run/docker.sock', false) }],
    ['full', { mounts: bind('/home/me/.docker/run/docker.sock') }],
    ['full', { mounts: bind('/run/') }],
  ])('%s: %j', (escape, settings) => {
    expect(contextOf(settings).escape).toBe(escape);
  });
});

test.each([
  ['root', ''],
  ['root', '0'],
  ['root', 'root'],
  ['root', '0:1000'],
  ['root', 'root:staff'],
  ['other', '1000'],
  ['other', '1000:0'],
  ['other', 'rooted'],
])('the user is %s: "%s"', (who, user) => {
  expect(contextOf({ user }).user).toBe(who);
});
