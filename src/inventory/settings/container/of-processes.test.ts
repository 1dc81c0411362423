import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { missing, partly } from '#base/index.ts';
import { containerOfInspect } from './of-engine.ts';
import { containerOfProcesses, type ProcessesSeen, withProcesses } from './of-processes.ts';
import { aroundFor, recorded } from './testing.ts';

const statusOf = (name: string): string =>
  readFileSync(new URL(`../fixtures/status-${name}.txt`, import.meta.url), 'utf8');

const own = {
  pid: 'pid:[2]',
  network: 'net:[2]',
  ipc: 'ipc:[2]',
  uts: 'uts:[2]',
  user: 'user:[1]',
  cgroup: 'cgroup:[2]',
};
const host = {
  pid: 'pid:[1]',
  network: 'net:[1]',
  ipc: 'ipc:[1]',
  uts: 'uts:[1]',
  user: 'user:[1]',
  cgroup: 'cgroup:[1]',
};

function seenOf(names: readonly string[], more: Partial<ProcessesSeen['cgroup']> = {}): ProcessesSeen {
  return {
    processes: names.map((name, at) => ({ pid: at + 10, status: statusOf(name), program: 'sleep' })),
    hostNamespaces: host,
    cgroup: { uidMap: '         0     100000      65536\n', label: '', namespaces: own, ...more },
  };
}

describe('a running container', () => {
  test('is as the kernel has it', () => {
    expect(containerOfProcesses(seenOf(['hardened'], { memory: '67108864\n', pids: '64\n' }))).toMatchObject({
      processCapabilities: { value: ['NET_BIND_SERVICE'] },
      processes: {
        value: [{ program: 'sleep', uid: 10_001, seccomp: 2, seccompFilters: 1, noNewPrivileges: true }],
      },
      processLabel: { value: '' },
      rootUid: { value: 100_000 },
      hostNamespaces: { value: [{ namespace: 'user', certainty: 'shared' }] },
      memory: { value: 67_108_864 },
      pids: { value: 64 },
    });
  });

  test('holds what any set of any process has, also of a user who is not root', () => {
    const { processCapabilities } = containerOfProcesses(seenOf(['hardened', 'capped']));
    expect(processCapabilities).toMatchObject({ value: expect.arrayContaining(['SYS_ADMIN', 'NET_BIND_SERVICE']) });
    const set = (name: string) =>
      containerOfProcesses({
        ...seenOf([]),
        processes: [
          {
            pid: 1,
            program: '',
            status: statusOf('hardened').replace(new RegExp(`(${name}:\\t)\\S+`), '$10000000000200000'),
          },
        ],
      }).processCapabilities;
    for (const name of ['CapPrm', 'CapEff', 'CapBnd', 'CapAmb'])
      expect(set(name)).toMatchObject({ value: expect.arrayContaining(['SYS_ADMIN']) });
  });

  test.each([
    ['memory', { memory: 'max\n' }, 0],
    ['memory', { memory: '9223372036854771712\n' }, 0],
    ['memory', { memory: '9223372036854767616\n' }, 9223372036854767616],
    ['pids', { pids: 'max\n' }, 0],
    ['processLabel', { label: 'docker-default (enforce)\n' }, 'docker-default (enforce)'],
    ['processLabel', { label: 'system_u:system_r:container_t:s0\0' }, 'system_u:system_r:container_t:s0'],
    ['rootUid', { uidMap: '         0          0 4294967295\n' }, 0],
    ['rootUid', { uidMap: '      1000       1000          1\n         0       5000          1\n' }, 5000],
    ['rootUid', { uidMap: '      1000       1000          1\n' }, 'none'],
    [
      'hostNamespaces',
      { namespaces: { ...own, network: 'net:[1]', user: 'user:[3]' } },
      [{ namespace: 'network', certainty: 'shared' }],
    ],
  ] as const)('has a %s by %j', (...[field, more, value]) => {
    expect(containerOfProcesses(seenOf(['plain'], more))[field]).toMatchObject({ kind: 'known', value });
  });

  test('of which something could not be read is not known', () => {
    const broken = { ...seenOf(['plain']), processes: [{ pid: 1, program: 'x', status: 'Name:\tx\n' }] };
    expect(containerOfProcesses(broken).processes.kind).toBe('missing');
    const some = { ...seenOf(['hardened']), incomplete: 'it has more than 2 processes' };
    expect(containerOfProcesses(some).processCapabilities).toEqual(
      partly('it has more than 2 processes', ['NET_BIND_SERVICE'], '/proc/PID/status Cap*'),
    );
    const unseen = { ...seenOf([]), incomplete: 'the kernel does not show them' };
    expect(containerOfProcesses(unseen).processes).toEqual(missing('the kernel does not show them'));
    const odd = { ...seenOf(['plain']), processes: [...seenOf(['plain']).processes, ...broken.processes] };
    expect(containerOfProcesses(odd).processes).toMatchObject({ kind: 'missing', part: { value: [{ uid: 0 }] } });
    expect(containerOfProcesses(seenOf([])).processes).toEqual({ kind: 'missing', why: 'none of its processes runs' });
    expect(containerOfProcesses(seenOf(['plain'], { memory: 'a lot' })).memory.kind).toBe('missing');
    const { uts: _uts, ...fewer } = own;
    expect(containerOfProcesses(seenOf(['plain'], { namespaces: fewer })).hostNamespaces.kind).toBe('missing');
  });

  test('has by its document what the kernel does not tell, and both capabilities', async () => {
    const document = await containerOfInspect(recorded('inspect-plain'), aroundFor());
    const both = withProcesses(document, containerOfProcesses(seenOf(['capped'], { memory: '5000\n' })));
    expect(both.memory).toMatchObject({ value: 5000 });
    expect(both.pids).toEqual(document.pids);
    expect(both.readonlyRoot).toEqual(document.readonlyRoot);
    expect(both.declaredCapabilities).toEqual(document.declaredCapabilities);
    expect(both.capabilities).toMatchObject({ value: expect.arrayContaining(['SYS_ADMIN', 'CHOWN']) });
    const hidden = withProcesses(
      document,
      containerOfProcesses({ ...seenOf(['plain']), incomplete: 'it has too many' }),
    );
    expect(hidden.capabilities).toMatchObject({ kind: 'missing', why: 'it has too many' });
    expect(hidden.capabilities).toEqual(hidden.processCapabilities);
    expect(hidden.processes).toMatchObject({ kind: 'missing', part: { value: [{ program: expect.any(String) }] } });
    expect(hidden.declaredCapabilities).toEqual(document.declaredCapabilities);
    const dropped = withProcesses(document, containerOfProcesses(seenOf(['hardened'])));
    expect(dropped.capabilities).toMatchObject({ value: expect.arrayContaining(['CHOWN']) });
  });
});
