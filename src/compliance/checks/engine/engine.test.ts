import { describe, expect, test } from 'vitest';
import type { EngineShape } from '#inventory/index.ts';
import { missing } from '#base/index.ts';
import { answerOf, type Case, fieldsOf, withoutBoth } from '../table-cases.ts';
import { engineChecks } from './index.ts';
import { evaluate } from '../../evaluate.ts';

const hash = 'a'.repeat(64);
const off = { kind: 'off' } as const;
const runc = { name: 'runc', path: 'runc', isOurs: false };

/** An engine of which no check has anything to say. */
const usual: EngineShape = {
  name: 'node-1',
  rootless: true,
  userNamespaces: true,
  noNewPrivileges: true,
  seccompProfile: 'builtin',
  defaultBridge: { kind: 'bridge', letsContainersTalk: false },
  debug: false,
  usesIpv6: false,
  insecureRegistries: ['127.0.0.0/8', '::1/128'],
  apiListeners: [],
  apiAnswers: [],
  authorizationPlugins: ['seawall'],
  logDriver: 'awslogs',
  logShippers: [],
  liveRestore: true,
  proxyProcesses: 'none',
  defaultRuntime: 'runc',
  runtimes: [runc],
  hasContainerdStore: true,
  minimumApi: { version: '1.24', setBy: 'default' },
  nodeResourceInterface: { kind: 'off' },
  managedPlugins: [],
  proxiesWithCredentials: [],
  deviceFolders: [{ path: '/etc/cdi', uid: 0, mode: 0o755 }],
  engineUid: 0,
  configuration: hash,
  notInForce: [],
  'log-level': 'info',
  'log-opts': [],
  iptables: true,
  ip6tables: true,
  'default-ulimits': ['nofile', 'nproc'],
  'cgroup-parent': '',
  'userland-proxy': false,
  'metrics-addr': '',
  'network-diagnostic-port': 0,
  'allow-direct-routing': false,
  'ip-forward-no-drop': false,
  builderEntitlements: { securityInsecure: false, networkHost: false },
  'default-cgroupns-mode': 'private',
  'default-ipc-mode': 'private',
  swarmState: 'inactive',
  swarmManagers: off,
  swarmListeners: off,
  swarmOverlays: off,
  swarmAutoLock: off,
  swarmKeyChange: off,
  swarmNodeCertificates: off,
  swarmAuthority: off,
  swarmAddresses: off,
};

const approved = { 'engine-configurations': [hash] };
const on = { kind: 'on' } as const;

const fails = (id: string, facts: Partial<EngineShape>, ...seen: readonly string[]): Case<EngineShape> => {
  return { id, facts, state: 'fail', seen };
};
const passes = (id: string, facts: Partial<EngineShape> = {}): Case<EngineShape> => ({ id, facts, state: 'pass' });
const isNone = (id: string, facts: Partial<EngineShape> = {}): Case<EngineShape> => {
  return { id, facts, state: 'not-applicable' };
};

const cases: readonly Case<EngineShape>[] = [
  fails('DMN-001', { rootless: false }, 'the engine runs as root'),
  passes('DMN-001'),
  fails('DMN-009', { userNamespaces: false, rootless: false }, 'no user namespace'),
  passes('DMN-009', { userNamespaces: false, rootless: true }),
  passes('DMN-009', { userNamespaces: true, rootless: false }),
  fails('DMN-014', { noNewPrivileges: false }, 'no-new-privileges is off'),
  // In the file, and SIGHUP took everything but this.
  fails(
    'DMN-014',
    { noNewPrivileges: false, notInForce: ['no-new-privileges'] },
    'no-new-privileges is off',
    'no-new-privileges is written, not in force',
  ),
  passes('DMN-014'),
  fails('DMN-017', { seccompProfile: 'unconfined' }, 'unconfined'),
  fails('DMN-017', { seccompProfile: 'none' }, 'none'),
  fails('DMN-017', { seccompProfile: '/etc/docker/open.json' }, '/etc/docker/open.json'),
  passes('DMN-017'),
  passes('DMN-017', { seccompProfile: 'default' }),
  { ...passes('DMN-017', { seccompProfile: '/p.json' }), lists: { 'approved-syscall-profiles': ['/p.json'] } },
  fails('DMN-027', { 'default-cgroupns-mode': 'host' }, 'host'),
  passes('DMN-027'),
  fails('DMN-028', { 'default-ipc-mode': 'shareable' }, 'shareable'),
  passes('DMN-028'),
  fails('DMN-008', { 'default-ulimits': ['nofile'] }, 'no limit nproc'),
  fails('DMN-008', { 'default-ulimits': [] }, 'no limit nofile', 'no limit nproc'),
  passes('DMN-008'),
  fails('DMN-010', { 'cgroup-parent': '/other' }, '/other'),
  passes('DMN-010'),
  { ...passes('DMN-010', { 'cgroup-parent': '/apps' }), lists: { 'approved-cgroup-parents': ['/apps'] } },

  fails(
    'DMN-002',
    { defaultBridge: { kind: 'bridge', letsContainersTalk: true } },
    'containers on the default bridge reach each other',
  ),
  passes('DMN-002'),
  isNone('DMN-002', { defaultBridge: { kind: 'none' } }),
  fails('DMN-004', { iptables: false }, 'iptables is off'),
  fails('DMN-004', { ip6tables: false, usesIpv6: true }, 'ip6tables is off and a network has IPv6'),
  passes('DMN-004', { ip6tables: false }),
  fails(
    'DMN-007',
    {
      apiAnswers: [
        { address: '0.0.0.0', port: 2375, answer: 'plain' },
        { address: '::', port: 2376, answer: 'anyone' },
        { address: '10.0.0.5', port: 2377, answer: 'refused' },
      ],
    },
    '0.0.0.0:2375 without TLS',
    '[::]:2376 without a client certificate',
  ),
  passes('DMN-007', { apiAnswers: [{ address: '10.0.0.5', port: 2376, answer: 'refused' }] }),
  passes('DMN-007'),
  fails(
    'DMN-021',
    {
      apiListeners: [
        { address: '::', port: 2376 },
        { address: '0.0.0.0', port: 2375 },
        { address: '::1', port: 1 },
      ],
    },
    '[::]:2376',
    '0.0.0.0:2375',
  ),
  passes('DMN-021', { apiListeners: [{ address: '127.0.0.1', port: 2375 }] }),
  fails(
    'DMN-016',
    { 'userland-proxy': true, proxyProcesses: 'some' },
    'userland-proxy is on',
    'docker-proxy processes run',
  ),
  fails('DMN-016', { proxyProcesses: 'some' }, 'docker-proxy processes run'),
  passes('DMN-016'),
  fails('DMN-023', { 'metrics-addr': '0.0.0.0:9323' }, '0.0.0.0:9323'),
  fails('DMN-023', { 'metrics-addr': ':9323' }, ':9323'),
  fails('DMN-023', { 'metrics-addr': '127.0.0.1.evil.example:9323' }, '127.0.0.1.evil.example:9323'),
  passes('DMN-023'),
  passes('DMN-023', { 'metrics-addr': '127.0.0.1:9323' }),
  passes('DMN-023', { 'metrics-addr': '[::1]:9323' }),
  fails('DMN-024', { 'network-diagnostic-port': 2000 }, 'port 2000'),
  passes('DMN-024'),
  fails(
    'DMN-025',
    { 'allow-direct-routing': true, 'ip-forward-no-drop': true },
    'allow-direct-routing',
    'ip-forward-no-drop',
  ),
  passes('DMN-025'),

  fails(
    'DMN-005',
    { insecureRegistries: ['127.0.0.0/8', '10.0.0.0/8', 'r.example:5000'] },
    '10.0.0.0/8',
    'r.example:5000',
  ),
  fails('DMN-005', { insecureRegistries: ['0.0.0.0/0'] }, '0.0.0.0/0'),
  fails('DMN-005', { insecureRegistries: ['127.0.0.1.example'] }, '127.0.0.1.example'),
  passes('DMN-005'),
  passes('DMN-005', { insecureRegistries: ['127.0.0.0/8', '127.0.0.1:5000', 'localhost:5000'] }),
  fails('DMN-015', { liveRestore: false }, 'live-restore is off'),
  passes('DMN-015'),
  isNone('DMN-015', { liveRestore: false, swarmState: 'active' }),
  fails('DMN-020', { swarmState: 'active' }, 'swarm is active'),
  fails('DMN-020', { swarmState: 'locked' }, 'swarm is locked'),
  passes('DMN-020'),
  { ...passes('DMN-020', { swarmState: 'active' }), lists: { 'swarm-engines': ['node-1'] } },
  fails(
    'DMN-026',
    { builderEntitlements: { securityInsecure: true, networkHost: true } },
    'security.insecure',
    'network.host',
  ),
  {
    id: 'DMN-026',
    facts: { builderEntitlements: { securityInsecure: false, networkHost: true } },
    state: 'warn',
    seen: ['network.host'],
  },
  passes('DMN-026'),
  fails('DMN-029', { hasContainerdStore: false }, 'Docker’s own image store'),
  passes('DMN-029'),
  fails('DMN-030', { minimumApi: { version: '1.24', setBy: 'environment' } }, 'API 1.24 by DOCKER_MIN_API_VERSION'),
  fails('DMN-030', { minimumApi: { version: '1.5', setBy: 'setting' } }, 'API 1.5 by min-api-version'),
  passes('DMN-030'),
  passes('DMN-030', { minimumApi: { version: '1.40', setBy: 'setting' } }),
  fails('DMN-034', { proxiesWithCredentials: ['HttpProxy'] }, 'HttpProxy'),
  passes('DMN-034'),
  { ...fails('DMN-036', { configuration: 'b' }, 'b'), lists: approved },
  { ...passes('DMN-036'), lists: approved },
  {
    id: 'DMN-036',
    facts: { notInForce: ['debug'] },
    lists: approved,
    state: 'warn',
    seen: ['debug is written, not in force'],
  },
  { id: 'DMN-036', facts: {}, state: 'not-assessed' },

  fails('DMN-003', { 'log-level': 'error', debug: true }, 'log-level error', 'debug is on'),
  passes('DMN-003'),
  fails('DMN-013', { logDriver: 'json-file' }, 'json-file keeps logs on this host'),
  fails('DMN-013', { logDriver: 'none', logShippers: ['fluent-bit'] }, 'none keeps logs on this host'),
  fails('DMN-013', { logDriver: 'syslog' }, 'syslog keeps logs on this host'),
  fails(
    'DMN-013',
    { logDriver: 'syslog', 'log-opts': [{ name: 'syslog-address', value: 'udp://127.0.0.1:514' }] },
    'syslog keeps logs on this host',
  ),
  {
    id: 'DMN-013',
    facts: { logDriver: 'journald', logShippers: ['vector'] },
    state: 'warn',
    seen: ['journald; vector runs; whether it ships these logs is unknown'],
  },
  passes('DMN-013'),
  passes('DMN-013', { logDriver: 'syslog', 'log-opts': [{ name: 'syslog-address', value: 'tcp://10.0.0.9:514' }] }),
  passes('DMN-013', { logDriver: 'fluentd', 'log-opts': [{ name: 'fluentd-address', value: 'logs.example:24224' }] }),
  fails('DMN-031', { logDriver: 'json-file' }, 'json-file without max-size'),
  fails('DMN-031', { logDriver: 'json-file', 'log-opts': [{ name: 'max-size', value: '-1' }] }, 'max-size -1'),
  passes('DMN-031', { logDriver: 'json-file', 'log-opts': [{ name: 'max-size', value: '10m' }] }),
  passes('DMN-031', { logDriver: 'local' }),
  isNone('DMN-031', { logDriver: 'journald' }),

  fails('DMN-012', { authorizationPlugins: [] }, 'no authorization plugin'),
  fails('DMN-012', { authorizationPlugins: ['seawall-not'] }, 'only seawall-not'),
  passes('DMN-012', { authorizationPlugins: ['opa', 'seawall'] }),
  fails(
    'DMN-022',
    { runtimes: [{ name: 'odd', path: '/opt/odd', isOurs: false }, runc], defaultRuntime: 'odd' },
    'odd /opt/odd, the default',
  ),
  fails('DMN-022', { defaultRuntime: 'gone' }, 'gone, of no known path'),
  fails('DMN-022', { runtimes: [runc, { name: 'x', path: '/tmp/runc', isOurs: false }] }, 'x /tmp/runc'),
  passes('DMN-022'),
  passes('DMN-022', { runtimes: [{ name: 'runc', path: '/opt/seawall/runc', isOurs: true }] }),
  {
    ...passes('DMN-022', { runtimes: [{ name: 'runc', path: '/opt/runc', sha256: hash, isOurs: false }] }),
    lists: { 'approved-runtimes': [`sha256:${hash}`] },
  },
  fails(
    'DMN-032',
    { nodeResourceInterface: { kind: 'on', plugins: [{ path: '/opt/nri/plugins/10-x', sha256: hash }] } },
    `/opt/nri/plugins/10-x sha256:${hash}`,
  ),
  passes('DMN-032'),
  passes('DMN-032', { nodeResourceInterface: { kind: 'on', plugins: [] } }),
  isNone('DMN-032', { nodeResourceInterface: { kind: 'unknown-to-engine' } }),
  fails(
    'DMN-033',
    { managedPlugins: [{ reference: 'r/p:1', capabilities: ['SYS_ADMIN'], mounts: ['/'], allDevices: true }] },
    'r/p:1 CAP_SYS_ADMIN / all devices',
  ),
  passes('DMN-033'),
  fails('DMN-035', { deviceFolders: [{ path: '/etc/cdi', uid: 0, mode: 0o1777 }] }, '/etc/cdi uid 0 mode 1777'),
  fails('DMN-035', { deviceFolders: [{ path: '/etc/cdi', uid: 1000, mode: 0o755 }] }, '/etc/cdi uid 1000 mode 0755'),
  fails('DMN-035', { deviceFolders: [{ path: '/etc/cdi', uid: 0, mode: 0o577 }] }, '/etc/cdi uid 0 mode 0577'),
  passes('DMN-035'),
  passes('DMN-035', { deviceFolders: [{ path: '/home/a/cdi', uid: 1000, mode: 0o755 }], engineUid: 1000 }),
  isNone('DMN-035', { deviceFolders: [] }),

  fails('SWM-001', { swarmManagers: { ...on, count: 1 } }, 'managers: 1'),
  fails('SWM-001', { swarmManagers: { ...on, count: 4 } }, 'managers: 4'),
  fails('SWM-001', { swarmManagers: { ...on, count: 9 } }, 'managers: 9'),
  passes('SWM-001', { swarmManagers: { ...on, count: 3 } }),
  fails('SWM-002', { swarmListeners: { ...on, addresses: [{ address: '::', port: 2377 }] } }, '[::]:2377'),
  passes('SWM-002', { swarmListeners: { ...on, addresses: [{ address: '10.0.0.5', port: 2377 }] } }),
  fails(
    'SWM-003',
    {
      swarmOverlays: {
        ...on,
        networks: [
          { name: 'ingress', isEncrypted: false },
          { name: 'a', isEncrypted: true },
        ],
      },
    },
    'ingress',
  ),
  passes('SWM-003', { swarmOverlays: { ...on, networks: [{ name: 'a', isEncrypted: true }] } }),
  isNone('SWM-003', { swarmOverlays: { ...on, networks: [] } }),
  fails('SWM-005', { swarmAutoLock: { ...on, isLocked: false } }, 'auto-lock is off'),
  passes('SWM-005', { swarmAutoLock: { ...on, isLocked: true } }),
  fails(
    'SWM-006',
    { swarmAutoLock: { ...on, isLocked: true }, swarmKeyChange: { ...on, at: '2026-08-01T00:00:00Z' } },
    'since 2026-08-01, at most 90 days',
  ),
  passes('SWM-006', {
    swarmAutoLock: { ...on, isLocked: true },
    swarmKeyChange: { ...on, at: '2026-09-01T00:00:00Z' },
  }),
  isNone('SWM-006', {
    swarmAutoLock: { ...on, isLocked: false },
    swarmKeyChange: { ...on, at: '2020-01-01T00:00:00Z' },
  }),
  fails('SWM-007', { swarmNodeCertificates: { ...on, days: 91 } }, '91 days, at most 90'),
  passes('SWM-007', { swarmNodeCertificates: { ...on, days: 90 } }),
  fails(
    'SWM-008',
    { swarmAuthority: { ...on, validFrom: '2024-11-30T00:00:00Z', isChanging: false } },
    'since 2024-11-30, at most 365 days',
  ),
  passes('SWM-008', { swarmAuthority: { ...on, validFrom: '2026-11-01T00:00:00Z', isChanging: false } }),
  {
    id: 'SWM-008',
    facts: { swarmAuthority: { ...on, validFrom: '2020-11-01T00:00:00Z', isChanging: true } },
    state: 'warn',
    seen: ['a change has begun and not ended'],
  },
  fails('SWM-009', { swarmAddresses: { ...on, control: '10.0.0.5', data: '10.0.0.5' } }, 'both by 10.0.0.5'),
  passes('SWM-009', { swarmAddresses: { ...on, control: '10.0.0.5', data: '10.1.0.5' } }),
  ...engineChecks.filter(({ id }) => id.startsWith('SWM')).map(({ id }) => isNone(id)),
];

describe('checks of an engine', () => {
  test.each(cases)('$id $state $seen', (one) => {
    expect(answerOf(engineChecks, usual, one)).toMatchObject({
      state: one.state,
      ...(one.seen !== undefined && { seen: one.seen }),
    });
  });

  test('each fails for something and passes for something', () => {
    expect(withoutBoth(engineChecks, cases)).toEqual([]);
  });

  test('nothing passes where nothing is known', () => {
    const nothing = Object.fromEntries(Object.keys(usual).map((name) => [name, missing('the engine is away')]));
    const results = evaluate(engineChecks, { ...fieldsOf(usual), ...nothing }, { now: new Date(0), lists: approved });
    expect(new Set(results.map(({ state }) => state))).toEqual(new Set(['not-assessed']));
  });

  test('a list without a number is an error, and no pass', () => {
    const facts = { swarmNodeCertificates: { ...on, days: 90 } };
    const lists = { 'swarm-certificate-days': ['ninety'] };
    expect(answerOf(engineChecks, usual, { id: 'SWM-007', facts, lists, state: 'error' }).state).toBe('error');
  });
});
