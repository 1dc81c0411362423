import { describe, expect, test } from 'vitest';
import type { ContainerShape } from '../container-shape.ts';
import { containerOfSpec } from './of-spec.ts';
import { aroundFor, recorded } from './testing.ts';

const { view, facts } = aroundFor();
const around = { host: view.host, facts };

type Row = readonly [field: keyof ContainerShape, spec: Readonly<Record<string, unknown>>, value: unknown];

const mount = (destination: string, type: string, options?: readonly string[]) => ({
  mounts: [{ destination, type, source: type === 'bind' ? '/srv' : type, options }],
});
const seen = (writable: boolean) => [
  { source: '/srv', target: '/m', place: { kind: 'paths', paths: ['/srv'] }, writable },
];
const resources = (value: object) => ({ linux: { resources: value } });
const mapping = (containerID: number, hostID: number, size: number) => ({ containerID, hostID, size });
const user = (path: string | undefined, ...uidMappings: readonly object[]) => ({
  linux: { namespaces: [{ type: 'user', path }], uidMappings },
});

const rows: readonly Row[] = [
  ['mounts', mount('/m', 'bind', ['rbind', 'ro']), seen(false)],
  ['mounts', mount('/m', 'bind', ['rbind', 'rro']), seen(false)],
  ['mounts', mount('/m', 'bind', ['rbind', 'rw']), seen(true)],
  ['mounts', mount('/m', 'bind'), seen(true)],
  ['propagations', mount('/m', 'bind', ['rbind', 'rshared']), [{ target: '/m', mode: 'shared' }]],
  ['tmpfs', mount('/t', 'tmpfs'), [{ target: '/t', bounded: false, executable: true, setuid: true }]],
  [
    'tmpfs',
    mount('/t', 'tmpfs', ['noexec', 'nosuid', 'size=9']),
    [{ target: '/t', bounded: true, executable: false, setuid: false }],
  ],
  ['tmpfs', mount('/dev/shm/', 'tmpfs'), []],
  ['writableCgroups', mount('/sys/fs/cgroup', 'cgroup', ['ro']), false],
  ['writableCgroups', mount('/sys/fs/cgroup', 'cgroup2', ['rw']), true],
  ['readonlyRoot', { root: { readonly: true } }, true],
  ['readonlyRoot', { root: {} }, false],
  ['cpu', resources({ cpu: { quota: 50_000, period: 25_000, shares: 7 } }), { most: 2, weight: 7 }],
  ['cpu', resources({ cpu: { quota: 50_000 } }), { most: 0.5, weight: 0 }],
  ['cpu', resources({ cpu: { quota: -1, period: 100 } }), { most: 0, weight: 0 }],
  ['memory', resources({ memory: { limit: 7 } }), 7],
  ['memory', resources({ memory: { limit: -1 } }), 0],
  ['memorySwap', resources({ memory: { swap: -1 } }), -1],
  ['pids', resources({ pids: { limit: 64 } }), 64],
  ['oom', resources({ memory: { disableOOMKiller: true } }), { killer: 'off', score: 0 }],
  ['oom', { process: { oomScoreAdj: -9 } }, { killer: 'on', score: -9 }],
  ['limits', { process: { rlimits: [{ type: 'RLIMIT_NOFILE' }] } }, ['nofile']],
  ['capabilities', { process: { capabilities: { ambient: ['CAP_BPF'], bounding: ['CAP_CHOWN'] } } }, ['BPF', 'CHOWN']],
  ['sysctls', { linux: { sysctl: { b: '1', a: '1' } } }, ['a', 'b']],
  ['selinux', { process: { selinuxLabel: 'system_u:system_r:container_t:s0' } }, 'on'],
  ['selinux', { process: {} }, 'off'],
  ['apparmorProfile', { process: { apparmorProfile: 'docker-default' } }, 'docker-default'],
  ['ipc', { linux: { namespaces: [] } }, 'host'],
  ['ipc', { linux: { namespaces: [{ type: 'ipc', path: '/proc/7/ns/ipc' }] } }, 'container'],
  ['rootUid', { linux: { namespaces: [] } }, 0],
  ['rootUid', user(undefined, mapping(1, 5, 9), mapping(0, 100_000, 0), mapping(0, 200_000, 10)), 200_000],
  ['rootUid', user('', mapping(1, 5, 9)), 'none'],
  ['userRemap', user(undefined), 'on'],
];

describe('a runtime’s spec', () => {
  test.each(rows.map(([field, spec, value]) => ({ field, spec, value })))('$field of $spec', async (row) => {
    expect((await containerOfSpec(row.spec, around))[row.field]).toMatchObject({ kind: 'known', value: row.value });
  });

  test.each([
    ['joinedNetwork', { linux: { namespaces: [{ type: 'network', path: '/proc/7/ns/net' }] } }],
    ['joinedProcesses', { linux: { namespaces: [{ type: 'pid', path: '/proc/7/ns/pid' }] } }],
    ['rootUid', user('/proc/7/ns/user', mapping(0, 1000, 1))],
    ['userRemap', { linux: { namespaces: [] } }],
    ['ipc', { linux: { namespaces: [{ type: 'ipc' }] } }],
    ['memorySwap', resources({ memory: { limit: 7 } })],
    ['memory', { linux: { resources: { memory: { limit: 'much' } } } }],
    ['restart', {}],
    ['privileged', {}],
  ] as const)('does not tell %s by %j', async (field, spec) => {
    expect((await containerOfSpec(spec, around))[field].kind).toBe('missing');
  });

  test.each([undefined, null, 7, 'text', []])('that is %j tells nothing of settings', async (spec) => {
    expect((await containerOfSpec(spec, around)).hostNamespaces.kind).toBe('missing');
  });

  test('that was recorded has what the container was to get', async () => {
    expect(await containerOfSpec(recorded('spec-hardened'), around)).toMatchObject({
      capabilities: { value: ['NET_BIND_SERVICE'] },
      noNewPrivileges: { value: true },
      readonlyRoot: { value: true },
      memory: { value: 67_108_864 },
      pids: { value: 64 },
      cpu: { value: { most: 0.5 } },
      tmpfs: { value: [{ target: '/tmp', bounded: true, executable: false, setuid: false }] },
      systemPaths: { value: 'closed' },
      seccomp: { value: 'on' },
      mounts: { value: [] },
    });
  });
});
