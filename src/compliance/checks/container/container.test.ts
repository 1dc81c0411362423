import { describe, expect, test } from 'vitest';
import type { ContainerMount, ContainerProcess, ContainerShape, PublishedPort } from '#inventory/index.ts';
import { known, partly } from '#base/index.ts';
import type { CheckContext } from '../../check.ts';
import { evaluate } from '../../evaluate.ts';
import type { Lists } from '../../lists/index.ts';
import { containerChecks } from './index.ts';
import { answers, good, shell } from './testing.ts';

const lists: Lists = { 'approved-ports': ['443/tcp', '8443/tcp', '8444/tcp'] };
const context: CheckContext = { now: new Date('2026-11-30T00:00:00Z'), lists };

type State = 'pass' | 'fail' | 'warn' | 'not-applicable';
type Row = readonly [id: string, state: State, change: Partial<ContainerShape>, seen?: readonly string[]];

const mounted = (source: string, more: Partial<ContainerMount> = {}): ContainerMount => ({
  source,
  target: '/m',
  place: { kind: 'paths', paths: [source] },
  writable: false,
  ...more,
});
const port = (from: number, more: Partial<PublishedPort> = {}): PublishedPort => ({
  protocol: 'tcp',
  port: 80,
  address: '127.0.0.1',
  from,
  to: from,
  ...more,
});
const holds = (...capabilities: readonly string[]) => ({ capabilities });
const shares = (
  namespace: ContainerShape['hostNamespaces'][number]['namespace'],
  certainty: 'shared' | 'not-seen',
) => ({
  hostNamespaces: [{ namespace, certainty }],
});
const runs = (...processes: readonly Partial<ContainerProcess>[]) => ({
  processes: processes.map((process) => ({ ...shell, ...process })),
});
const joins = (sensitivity: string) => ({ name: 'db', sensitivity, ownSensitivity: 'low' });

const namespaces = [
  ['CTR-030', 'network'],
  ['CTR-038', 'pid'],
  ['CTR-040', 'ipc'],
  ['CTR-046', 'uts'],
  ['CTR-054', 'cgroup'],
] as const;

const dangerous = [
  ['CTR-007', ['SYS_ADMIN']],
  ['CTR-008', ['SYS_MODULE']],
  ['CTR-009', ['SYS_PTRACE']],
  ['CTR-010', ['DAC_READ_SEARCH']],
  ['CTR-011', ['SYS_RAWIO']],
  ['CTR-012', ['NET_ADMIN']],
  ['CTR-013', ['NET_RAW']],
  ['CTR-014', ['BPF', 'PERFMON', 'SYSLOG']],
  ['CTR-015', ['MAC_ADMIN', 'MAC_OVERRIDE', 'AUDIT_CONTROL', 'SYS_BOOT', 'SYS_TIME']],
] as const;

const rows: readonly Row[] = [
  ['CTR-001', 'fail', { privileged: true }, ['privileged']],
  ['CTR-002', 'fail', { apparmorProfile: 'unconfined' }, ['unconfined']],
  ['CTR-002', 'fail', { apparmorProfile: '' }, ['no profile']],
  ['CTR-002', 'not-applicable', { apparmorProfile: '', hostConfinement: ['selinux'] }],
  ['CTR-003', 'fail', { processLabel: 'docker-default (complain)' }, ['docker-default (complain)']],
  ['CTR-003', 'fail', { processLabel: 'unconfined' }, ['unconfined']],
  ['CTR-003', 'fail', { processLabel: '' }, ['no label']],
  ['CTR-003', 'not-applicable', { processLabel: '', hostConfinement: [] }],
  ['CTR-004', 'fail', { selinux: 'off' }, ['label disabled']],
  ['CTR-004', 'not-applicable', { selinux: 'off', hostConfinement: ['apparmor'] }],
  ['CTR-005', 'fail', holds('CHOWN', 'SYS_ADMIN'), ['CAP_SYS_ADMIN']],
  ['CTR-005', 'fail', holds('NUMBER_41'), ['CAP_NUMBER_41']],
  ['CTR-005', 'pass', holds('CHOWN', 'NET_RAW', 'MKNOD')],
  ['CTR-006', 'fail', holds('CHOWN', 'NET_BIND_SERVICE'), ['CAP_CHOWN']],
  ['CTR-006', 'pass', holds()],
  ...dangerous.flatMap(([id, names]) => names.map((name): Row => [id, 'fail', holds('CHOWN', name), [`CAP_${name}`]])),
  ['CTR-016', 'fail', { processCapabilities: ['SYS_ADMIN'] }, ['CAP_SYS_ADMIN']],
  ['CTR-016', 'pass', { processCapabilities: ['NET_BIND_SERVICE'] }],
  ['CTR-017', 'fail', { mounts: [mounted('/etc', { writable: true })] }, ['/etc at /m, writable']],
  ['CTR-017', 'fail', { mounts: [mounted('/', { writable: true })] }, ['/ at /m, writable']],
  [
    'CTR-017',
    'fail',
    { mounts: [mounted('/etc/kubernetes', { writable: true })] },
    ['/etc/kubernetes at /m, writable'],
  ],
  [
    'CTR-017',
    'fail',
    { mounts: [mounted('/data', { writable: true, place: { kind: 'paths', paths: ['/data', '/usr/share'] } })] },
    ['/data, which is /usr/share, at /m, writable'],
  ],
  [
    'CTR-017',
    'fail',
    { mounts: [mounted('x', { writable: true, place: { kind: 'not-seen' } })] },
    ['x at /m, writable, where it leads cannot be seen'],
  ],
  ['CTR-017', 'pass', { mounts: [mounted('/etc'), mounted('/etcetera', { writable: true }), mounted('/srv')] }],
  ['CTR-018', 'fail', { mounts: [mounted('/etc')] }, ['/etc at /m']],
  ['CTR-018', 'fail', { mounts: [mounted('/root/.ssh')] }, ['/root/.ssh at /m']],
  ['CTR-018', 'fail', { mounts: [mounted('/root', { writable: true })] }, ['/root at /m, writable']],
  ['CTR-018', 'fail', { mounts: [mounted('/var')] }, ['/var at /m']],
  ['CTR-018', 'fail', { mounts: [mounted('/etc/shadow')] }, ['/etc/shadow at /m']],
  ['CTR-018', 'fail', { mounts: [mounted('/etc/localtime.old')] }, ['/etc/localtime.old at /m']],
  ['CTR-018', 'pass', { mounts: [mounted('/etc/localtime'), mounted('/srv'), mounted('/etc', { writable: true })] }],
  ['CTR-019', 'fail', { mounts: [mounted('/var/lib/docker/overlay2')] }, ['/var/lib/docker/overlay2 at /m']],
  ['CTR-019', 'fail', { mounts: [mounted('/var/lib')] }, ['/var/lib at /m']],
  ['CTR-019', 'pass', { mounts: [mounted('/var/lib/docker-data')] }],
  ['CTR-020', 'fail', { mounts: [mounted('/run/docker.sock')] }, ['/run/docker.sock at /m']],
  ['CTR-020', 'fail', { mounts: [mounted('/run')] }, ['/run at /m']],
  ['CTR-020', 'fail', { mounts: [mounted('/')] }, ['/ at /m']],
  [
    'CTR-020',
    'fail',
    { mounts: [mounted('/run/containerd/containerd.sock')] },
    ['/run/containerd/containerd.sock at /m'],
  ],
  ['CTR-020', 'pass', { mounts: [mounted('/run/docker.sock.d'), mounted('/run/app')] }],
  ['CTR-021', 'fail', { volumes: [mounted('/home')] }, ['/home at /m']],
  ['CTR-021', 'fail', { volumes: [mounted('/run')] }, ['/run at /m']],
  ['CTR-021', 'pass', { volumes: [mounted('/srv')], mounts: [mounted('/home')] }],
  ['CTR-022', 'fail', { inheritedMounts: [mounted('/var/lib/docker')] }, ['/var/lib/docker at /m']],
  ['CTR-022', 'pass', { inheritedMounts: [mounted('/srv')], mounts: [mounted('/home')] }],
  ['CTR-023', 'fail', { loosePaths: ['/srv 0777'] }, ['/srv 0777']],
  ['CTR-024', 'fail', { propagations: [{ target: '/m', mode: 'shared' }] }, ['/m: shared']],
  ['CTR-024', 'pass', { propagations: [{ target: '/m', mode: 'slave' }] }],
  ['CTR-025', 'fail', runs({}, { program: 'sshd' }), ['sshd (uid 10001)']],
  ['CTR-025', 'fail', runs({ program: 'dropbear' }), ['dropbear (uid 10001)']],
  ['CTR-025', 'pass', runs({ program: 'sshd-exporter' })],
  ['CTR-026', 'fail', { ports: [port(80)] }, ['127.0.0.1:80/tcp']],
  ['CTR-026', 'fail', { ports: [port(1023)] }, ['127.0.0.1:1023/tcp']],
  ['CTR-026', 'fail', { ports: [port(1000, { to: 1100 })] }, ['127.0.0.1:1000-1100/tcp']],
  ['CTR-026', 'pass', { ports: [port(1024), port(0)] }],
  ['CTR-026', 'not-applicable', { ports: [], ...shares('network', 'shared') }],
  ['CTR-027', 'fail', { ports: [port(8443), port(8080)] }, ['127.0.0.1:8080/tcp']],
  ['CTR-027', 'fail', { ports: [port(443, { protocol: 'udp' })] }, ['127.0.0.1:443/udp']],
  ['CTR-027', 'fail', { ports: [port(8443, { to: 8445 })] }, ['127.0.0.1:8443-8445/tcp']],
  ['CTR-027', 'fail', { ports: [port(0)] }, ['127.0.0.1:a random port for 80/tcp']],
  ['CTR-027', 'pass', { ports: [port(443), port(8443, { to: 8444 })] }],
  ['CTR-028', 'fail', { publishAll: true }, ['publish all']],
  ['CTR-029', 'fail', { ports: [port(443, { address: '' })] }, ['443/tcp']],
  ['CTR-029', 'fail', { ports: [port(443, { address: '0.0.0.0' })] }, ['0.0.0.0:443/tcp']],
  ['CTR-029', 'fail', { ports: [port(443, { address: '::' })] }, ['[::]:443/tcp']],
  ['CTR-029', 'pass', { ports: [port(443), port(443, { address: '::1' })] }],
  ['CTR-029', 'not-applicable', shares('network', 'shared')],
  ...namespaces.flatMap(([id, name]): Row[] => [
    [id, 'fail', shares(name, 'shared'), [name]],
    [id, 'fail', shares(name, 'not-seen'), [`${name}: whose it is cannot be seen`]],
    [id, 'pass', shares('user', 'shared')],
  ]),
  ['CTR-031', 'fail', { joinedNetwork: joins('high') }, ['low with db, high']],
  ['CTR-031', 'pass', { joinedNetwork: joins('low'), joinedProcesses: joins('high') }],
  ['CTR-032', 'fail', { memory: 0 }, ['no ceiling']],
  ['CTR-033', 'fail', { memorySwap: -1 }, ['unlimited']],
  ['CTR-033', 'fail', { memorySwap: -1, memory: 0 }, ['unlimited']],
  ['CTR-033', 'not-applicable', { memory: 0 }],
  ['CTR-034', 'fail', { cpu: { most: 0, weight: 0 } }, ['neither share nor ceiling']],
  ['CTR-034', 'pass', { cpu: { most: 0, weight: 512 } }],
  ['CTR-035', 'fail', { readonlyRoot: false }, ['writable']],
  [
    'CTR-036',
    'fail',
    { tmpfs: [{ target: '/tmp', bounded: false, executable: true, setuid: true }] },
    ['/tmp: exec, suid, no size'],
  ],
  [
    'CTR-036',
    'fail',
    { tmpfs: [{ target: '/tmp', bounded: false, executable: false, setuid: false }] },
    ['/tmp: no size'],
  ],
  ['CTR-036', 'pass', { tmpfs: [{ target: '/tmp', bounded: true, executable: false, setuid: false }] }],
  ['CTR-037', 'warn', { restart: { policy: 'always', retries: 0 } }, ['always']],
  ['CTR-037', 'warn', { restart: { policy: 'unless-stopped', retries: 0 } }, ['unless-stopped']],
  ['CTR-037', 'fail', { restart: { policy: 'on-failure', retries: 0 } }, ['on-failure:0']],
  ['CTR-037', 'fail', { restart: { policy: 'on-failure', retries: 6 } }, ['on-failure:6']],
  ['CTR-037', 'pass', { restart: { policy: 'on-failure', retries: 5 } }],
  ['CTR-037', 'pass', { restart: { policy: 'on-failure', retries: 1 } }],
  ['CTR-037', 'not-applicable', { restart: { policy: 'always', retries: 0 }, swarmTask: true }],
  ['CTR-039', 'fail', { joinedProcesses: joins('high') }, ['low with db, high']],
  ['CTR-039', 'pass', { joinedProcesses: joins('low'), joinedNetwork: joins('high') }],
  ['CTR-041', 'warn', { ipc: 'shareable' }, ['shareable']],
  ['CTR-041', 'warn', { ipc: 'container' }, ['container']],
  ['CTR-041', 'pass', { ipc: 'none' }],
  ['CTR-041', 'not-applicable', { ipc: 'host' }],
  ['CTR-042', 'fail', { devices: [{ type: 'block', major: 8, minor: 0, path: '/dev/sda' }] }, ['/dev/sda']],
  ['CTR-042', 'fail', { devices: [{ type: 'character', major: 10, minor: 229, path: '/dev/fuse' }] }, ['/dev/fuse']],
  ['CTR-042', 'fail', { devices: [{ type: 'character', major: 1, minor: 3 }] }, ['character 1:3']],
  ['CTR-042', 'fail', { everyDevice: true }, ['every device']],
  ['CTR-042', 'pass', { devices: [{ type: 'character', major: 10, minor: undefined }] }],
  ['CTR-043', 'fail', { everyDevice: true }, ['every device']],
  ['CTR-043', 'fail', { devices: [{ type: 'character', major: 10, minor: undefined }] }, ['character 10:*']],
  ['CTR-043', 'pass', { devices: [{ type: 'block', major: 8, minor: 0 }] }],
  ['CTR-044', 'fail', { deviceRequests: [{ driver: 'nvidia', ids: [] }] }, ['nvidia:all']],
  ['CTR-044', 'fail', { deviceRequests: [{ driver: 'cdi', ids: ['a', 'b'] }] }, ['cdi:a', 'cdi:b']],
  ['CTR-045', 'fail', { limits: ['nofile'] }, ['no limit nproc']],
  ['CTR-045', 'fail', { limits: ['core'] }, ['no limit nofile', 'no limit nproc']],
  ['CTR-047', 'fail', { seccomp: 'off' }, ['no filter']],
  ['CTR-047', 'fail', { seccomp: 'open' }, ['a profile that allows what it does not name']],
  ['CTR-048', 'fail', runs({}, { seccomp: 0, seccompFilters: 0 }), ['server: Seccomp 0']],
  ['CTR-048', 'fail', runs({ seccompFilters: 0 }), ['server: Seccomp 2']],
  ['CTR-048', 'fail', runs({ seccomp: 1 }), ['server: Seccomp 1']],
  ['CTR-049', 'fail', { seccompProfile: 'ab12' }, ['SHA-256 ab12']],
  ['CTR-049', 'not-applicable', { seccompProfile: 'unconfined' }],
  ['CTR-053', 'fail', { cgroupParent: '/system.slice' }, ['/system.slice']],
  ['CTR-055', 'fail', { writableCgroups: true }, ['writable cgroups']],
  ['CTR-055', 'fail', { mounts: [mounted('/sys', { writable: true })] }, ['/sys at /m, writable']],
  [
    'CTR-055',
    'fail',
    { mounts: [mounted('/sys/fs/cgroup/pids', { writable: true })] },
    ['/sys/fs/cgroup/pids at /m, writable'],
  ],
  ['CTR-055', 'pass', { mounts: [mounted('/sys/fs/cgroup'), mounted('/sys/fs/bpf', { writable: true })] }],
  ['CTR-056', 'fail', { noNewPrivileges: false }, ['no-new-privileges is not set']],
  ['CTR-057', 'fail', runs({}, { noNewPrivileges: false }), ['server: NoNewPrivs 0']],
  ['CTR-058', 'fail', { health: 'none' }, ['no check of its health']],
  ['CTR-058', 'fail', { health: 'unhealthy' }, ['unhealthy']],
  ['CTR-058', 'pass', { health: 'starting' }],
  [
    'CTR-059',
    'fail',
    { tag: { tag: 'app:1', running: 'sha256:1', current: 'sha256:2' } },
    ['app:1 is sha256:2, it runs sha256:1'],
  ],
  ['CTR-060', 'fail', { pids: 0 }, ['no ceiling']],
  ['CTR-061', 'fail', { networks: ['app', 'bridge'] }, ['bridge']],
  ['CTR-061', 'pass', { networks: ['bridge2', 'none'] }],
  ['CTR-062', 'fail', { links: ['/db:/app/db'] }, ['/db:/app/db']],
  ['CTR-063', 'fail', { userRemap: 'out' }, ['UsernsMode host']],
  ['CTR-063', 'not-applicable', { userRemap: 'off' }],
  ['CTR-064', 'fail', { rootUid: 0 }, ['uid 0 is uid 0 of the host']],
  ['CTR-064', 'pass', { rootUid: 'none' }],
  ['CTR-065', 'fail', runs({}, { uid: 0 }), ['server (uid 0)']],
  ['CTR-065', 'fail', runs({ uid: 100_000 }), ['server (uid 100000)']],
  ['CTR-066', 'fail', { systemPaths: 'open' }, ['a usual path is not masked or read-only']],
  ['CTR-067', 'fail', { sysctls: ['net.ipv4.tcp_syncookies', 'kernel.msgmax'] }, ['kernel.msgmax']],
  ['CTR-067', 'pass', { sysctls: ['net.ipv4.tcp_syncookies'] }],
  ['CTR-068', 'fail', { runtime: { name: 'runc', path: '/tmp/runc' } }, ['runc=/tmp/runc']],
  ['CTR-068', 'fail', { runtime: { name: 'mine', path: '/opt/runc' } }, ['mine=/opt/runc']],
  ['CTR-069', 'fail', { groups: ['audio', '0', '00', 'root', 'docker', '998'] }, ['0', '00', 'root', 'docker', '998']],
  ['CTR-069', 'pass', { groups: ['audio', '1000', 'rooted'] }],
  ['CTR-070', 'fail', { oom: { killer: 'off', score: -1 } }, ['killer disabled', 'score -1']],
  ['CTR-070', 'pass', { oom: { killer: 'on', score: 500 } }],
  ['CTR-071', 'fail', { logDriver: 'none' }, ['none']],
  [
    'CTR-072',
    'fail',
    {
      environmentSecrets: [
        { where: { kind: 'environment', name: 'A' }, detector: 'keyword', certainty: 'likely' },
        { where: { kind: 'environment', name: 'B' }, detector: 'github', certainty: 'sure' },
      ],
    },
    ['B: github', 'A: keyword'],
  ],
  [
    'CTR-072',
    'warn',
    { environmentSecrets: [{ where: { kind: 'environment', name: 'A' }, detector: 'keyword', certainty: 'likely' }] },
    ['A: keyword'],
  ],
  [
    'CTR-073',
    'fail',
    { argumentSecrets: [{ where: { kind: 'arguments', index: 2 }, detector: 'github', certainty: 'sure' }] },
    ['argument 2: github'],
  ],
  ['CTR-077', 'fail', { imagePresent: false }, ['the engine has no such image']],
  ['CTR-090', 'fail', { extraHosts: ['app.local', 'registry-1.docker.io'] }, ['registry-1.docker.io']],
  ['CTR-090', 'pass', { extraHosts: ['registry-1.docker.io.local'] }],
];

function answerOf(id: string, change: Partial<ContainerShape>, given: CheckContext = context) {
  return answers(change, given).find((result) => result.id === id);
}

describe('checks of containers', () => {
  test('all pass one that gives no cause', () => {
    expect(answers({}, context).filter(({ state }) => state !== 'pass')).toEqual([]);
  });

  test.each(rows.map(([id, state, change, seen]) => ({ id, state, change, seen })))('$id: $state, $change', (row) => {
    const { id, state, change, seen } = row;
    expect(answerOf(id, change)).toMatchObject({ id, state, ...(seen !== undefined && { seen }) });
  });

  test('each fails or warns for some container', () => {
    const failing = new Set(rows.filter(([, state]) => state === 'fail' || state === 'warn').map(([id]) => id));
    expect(containerChecks.map(({ id }) => id).filter((id) => !failing.has(id))).toEqual([]);
    expect(rows.map(([id]) => id).filter((id) => !containerChecks.some((check) => check.id === id))).toEqual([]);
  });

  test('each has an id of its own and a remedy', () => {
    expect(new Set(containerChecks.map(({ id }) => id)).size).toBe(containerChecks.length);
    expect(containerChecks.filter(({ remedy }) => Object.keys(remedy).length === 0)).toEqual([]);
  });
});

describe('an operator’s list', () => {
  test('allows what it names, and never a disk or /dev/kvm', () => {
    const devices = [
      { type: 'character', major: 10, minor: 229, path: '/dev/fuse' },
      { type: 'character', major: 10, minor: 232, path: '/dev/kvm' },
      { type: 'block', major: 8, minor: 0, path: '/dev/sda' },
      { type: 'character', major: 1, minor: 1, path: '/dev/mem' },
    ] as const;
    const named = { ...context, lists: { 'allowed-devices': devices.map(({ path }) => path) } };
    expect(answerOf('CTR-042', { devices }, named)).toMatchObject({ seen: ['/dev/kvm', '/dev/sda', '/dev/mem'] });
    expect(answerOf('CTR-042', { devices: devices.slice(0, 1) }, named)).toMatchObject({ state: 'pass' });
  });

  test.each([
    ['CTR-006', 'allowed-capabilities', ['CHOWN'], { capabilities: ['CHOWN'] }],
    ['CTR-026', 'allowed-low-ports', ['80/tcp'], { ports: [port(80)] }],
    ['CTR-044', 'approved-accelerators', ['nvidia'], { deviceRequests: [{ driver: 'nvidia', ids: [] }] }],
    ['CTR-044', 'approved-accelerators', ['cdi:a'], { deviceRequests: [{ driver: 'cdi', ids: ['a'] }] }],
    ['CTR-049', 'approved-syscall-profiles', ['ab12'], { seccompProfile: 'ab12' }],
    ['CTR-053', 'approved-cgroup-parents', ['/batch'], { cgroupParent: '/batch' }],
    ['CTR-067', 'safe-sysctls', ['kernel.msgmax'], { sysctls: ['kernel.msgmax'] }],
    ['CTR-068', 'approved-runtimes', ['mine=/m'], { runtime: { name: 'mine', path: '/m' } }],
    ['CTR-018', 'allowed-host-paths', ['/etc/app'], { mounts: [mounted('/etc/app/x')] }],
    ['CTR-005', 'allowed-added-capabilities', ['cap_sys_time'], { capabilities: ['CHOWN', 'SYS_TIME'] }],
  ] as const)('%s passes what %s names', (...[id, list, entries, change]) => {
    expect(answerOf(id, change)).toMatchObject({ state: 'fail' });
    expect(answerOf(id, change, { ...context, lists: { [list]: entries } })).toMatchObject({ state: 'pass' });
  });

  test.each([
    ['CTR-018', { mounts: [mounted('/srv/secrets/key')] }],
    ['CTR-018', { mounts: [mounted('/srv', { writable: true })] }],
    ['CTR-021', { volumes: [mounted('/srv/secrets')] }],
    ['CTR-022', { inheritedMounts: [mounted('/srv/secrets')] }],
  ] as const)('%s fails for what denied-host-paths names: %j', (id, change) => {
    expect(answerOf(id, change)).toMatchObject({ state: 'pass' });
    const named = { ...context, lists: { 'denied-host-paths': ['/srv/secrets/'] } };
    expect(answerOf(id, change, named)).toMatchObject({ state: 'fail' });
  });

  test('that denies a path holds against the one that allows it, and / is the whole host alone', () => {
    const mounts = [mounted('/etc/ssl/certs')];
    expect(answerOf('CTR-018', { mounts })).toMatchObject({ state: 'pass' });
    const named = { ...context, lists: { 'denied-host-paths': ['/etc/ssl'] } };
    expect(answerOf('CTR-018', { mounts }, named)).toMatchObject({ seen: ['/etc/ssl/certs at /m'] });
    const whole = { ...context, lists: { 'denied-host-paths': ['/'] } };
    expect(answerOf('CTR-018', { mounts: [mounted('/srv/a')] }, whole)).toMatchObject({ state: 'pass' });
  });

  test('that nobody set leaves its check without an answer', () => {
    expect(answerOf('CTR-027', {}, { ...context, lists: {} })).toMatchObject({
      state: 'not-assessed',
      reason: 'Nobody has set the list “Ports that may be published”.',
    });
  });
});

// A container may hide some of its processes; what the others hold is not taken back by those.
test('what some processes show stays a failure however many more there are', () => {
  const bad: ContainerProcess = { program: 'sshd', uid: 0, seccomp: 0, seccompFilters: 0, noNewPrivileges: false };
  const byName = { processes: [bad], capabilities: ['SYS_ADMIN', 'SYS_MODULE'], processCapabilities: ['SYS_ADMIN'] };
  for (const [name, seen] of Object.entries(byName)) {
    const own = containerChecks.filter(({ needs }) => needs.includes(name as never)).map(({ id }) => id);
    const failing = (some: readonly unknown[]) =>
      answers({ [name]: some }, context).filter(({ id, state }) => own.includes(id) && state === 'fail');
    const facts = Object.fromEntries(Object.entries(good).map(([key, value]) => [key, known(value, key)]));
    const byPart = evaluate(containerChecks, { ...facts, [name]: partly('not all', seen, name) } as never, context);
    const failed = byPart.filter(({ id, state }) => own.includes(id) && state === 'fail').map(({ id }) => id);
    expect(failed.length, name).toBeGreaterThan(0);
    const more = [...seen, ...(good[name as 'processes'] as readonly unknown[])];
    expect(
      failing(more).map(({ id }) => id),
      name,
    ).toEqual(failed);
    expect(
      failing(seen).map(({ id }) => id),
      name,
    ).toEqual(failed);
    const others = byPart.filter(({ id }) => own.includes(id) && !failed.includes(id));
    for (const { id, state } of others) expect(state, id).toBe('not-assessed');
  }
});
