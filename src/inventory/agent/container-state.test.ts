import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { containerOfProcesses } from '../settings/index.ts';
import { readContainerState } from './container-state.ts';
import { type KernelProcesses, kernelProcesses } from './kernel-processes.ts';

const status = readFileSync(new URL('../settings/fixtures/status-capped.txt', import.meta.url), 'utf8');

let root: string;
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'seawall-state-')));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(path: string, text: string): void {
  const file = join(root, path);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, text);
}

function process(pid: number | 'self', given: { readonly cgroup?: string; readonly program?: string } = {}): void {
  write(`proc/${pid}/status`, status);
  write(`proc/${pid}/uid_map`, '         0          0 4294967295\n');
  write(`proc/${pid}/cgroup`, given.cgroup ?? '');
  mkdirSync(join(root, `proc/${pid}/ns`), { recursive: true });
  symlinkSync(given.program ?? '/usr/bin/app', join(root, `proc/${pid}/exe`));
  for (const name of ['pid', 'net', 'ipc', 'uts', 'user', 'cgroup'])
    symlinkSync(`${name}:[${pid === 'self' ? 1 : 2}]`, join(root, `proc/${pid}/ns/${name}`));
}

const read = (pid: number, all?: KernelProcesses) =>
  readContainerState(pid, all, { proc: join(root, 'proc'), cgroups: join(root, 'cg') });

describe('what is read of a container’s processes', () => {
  test.each([
    [
      '4:memory:/docker/a\n8:pids:/docker/a\n0::/docker/a\n',
      'cg/pids/docker/a',
      'cg/memory/docker/a/memory.limit_in_bytes',
    ],
    [
      '0::/system.slice/docker-a.scope\n',
      'cg/system.slice/docker-a.scope',
      'cg/system.slice/docker-a.scope/memory.max',
    ],
  ])('is of all cgroups inside its own: %j', (...[cgroup, folder, memory]) => {
    process('self');
    process(7, { cgroup });
    process(9, { program: '/usr/sbin/sshd (deleted)' });
    write(`${folder}/cgroup.procs`, '7\n');
    write(`${folder}/inner/cgroup.procs`, '9\n8\n');
    write(`${folder}/pids.max`, '64\n');
    write(memory, '5000\n');
    const seen = read(7);
    expect(seen.processes.map(({ pid, program }) => [pid, program])).toEqual([
      [7, 'app'],
      [9, 'sshd'],
    ]);
    expect(seen.incomplete).toBeUndefined();
    expect(containerOfProcesses(seen)).toMatchObject({
      processCapabilities: { value: expect.arrayContaining(['SYS_ADMIN']) },
      hostNamespaces: { value: [] },
      memory: { value: 5000 },
      pids: { value: 64 },
      rootUid: { value: 0 },
      processLabel: { value: '' },
    });
  });

  test('is incomplete where its cgroups cannot be found, or hold too many', () => {
    process('self');
    process(7, { cgroup: '' });
    expect(read(7).incomplete).toBe('its cgroup could not be found');
    process(8, { cgroup: '0::/a\n' });
    expect(read(8).incomplete).toBe('its cgroups could not be read');
    write('cg/a/cgroup.procs', Array.from({ length: 2_500 }, (_, at) => `${at + 100}\n`).join(''));
    expect(read(8).incomplete).toBe('it has more than 2000 processes');
  });

  test('is of those that left its cgroup too, and of what they started, but not of another container', async () => {
    const own = `docker/${'a'.repeat(64)}`;
    const another = `0::/docker/${'b'.repeat(64)}\n`;
    const given = [
      [7, 1, `8:pids:/${own}\n`],
      [20, 1, `4:memory:/${own}\n8:pids:/\n`],
      [21, 20, '0::/\n'],
      [22, 1, another],
      [23, 7, '0::/\n'],
      [40, 1, '0::/\n', 'pid:[1]'],
    ] as const;
    process('self');
    write(`cg/pids/${own}/cgroup.procs`, '7\n');
    for (const [pid, parent, cgroup, namespace] of given) {
      process(pid, { cgroup });
      write(`proc/${pid}/stat`, `${pid} (a) b) S ${parent} 0\n`);
      if (namespace === undefined && pid !== 21 && pid !== 23) continue;
      rmSync(join(root, `proc/${pid}/ns/pid`));
      symlinkSync(namespace ?? 'pid:[3]', join(root, `proc/${pid}/ns/pid`));
    }
    const seen = read(7, await kernelProcesses(join(root, 'proc')));
    expect(seen.processes.map(({ pid }) => pid).toSorted()).toEqual([20, 21, 23, 7]);
    // In the host’s own namespace only what its processes started is the container’s.
    for (const [pid] of given) {
      rmSync(join(root, `proc/${pid}/ns/pid`));
      symlinkSync('pid:[1]', join(root, `proc/${pid}/ns/pid`));
    }
    const shared = read(7, await kernelProcesses(join(root, 'proc')));
    expect(shared.processes.map(({ pid }) => pid).toSorted()).toEqual([23, 7]);
  });

  test('is nothing where the process has ended', () => {
    expect(containerOfProcesses(read(7))).toMatchObject({
      processes: { kind: 'missing' },
      rootUid: { kind: 'missing' },
      processLabel: { kind: 'missing' },
    });
  });
});
