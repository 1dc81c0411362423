import { describe, expect, test } from 'vitest';
import { containerOfBundle } from './of-bundle.ts';
import { nothingAround } from './surroundings.ts';
import { aroundFor } from './testing.ts';

const around = { host: aroundFor().view.host, facts: nothingAround };

const kernel = [
  { destination: '/sys', type: 'sysfs', source: 'sysfs', options: ['nosuid'] },
  { destination: '/sys/fs/cgroup', type: 'cgroup', source: 'cgroup', options: ['nosuid'] },
];
const shm = [{ destination: '/dev/shm', type: 'bind', source: '/dev/shm', options: ['rbind'] }];

interface Row {
  readonly when: string;
  readonly hostConfig: unknown;
  readonly asked?: readonly string[];
  readonly mounts: readonly object[];
  readonly targets: readonly string[];
}

const rows: readonly Row[] = [
  { when: 'it is privileged', hostConfig: { Privileged: true }, mounts: kernel, targets: [] },
  {
    when: 'it is privileged and asks for one itself',
    hostConfig: { Privileged: true },
    asked: ['/sys/'],
    mounts: kernel,
    targets: ['/sys'],
  },
  { when: 'it is not privileged', hostConfig: {}, mounts: kernel, targets: ['/sys', '/sys/fs/cgroup'] },
  {
    when: 'it is privileged and the kernel’s files lie elsewhere',
    hostConfig: { Privileged: true },
    mounts: [{ ...kernel[0], destination: '/m' }],
    targets: ['/m'],
  },
  {
    when: 'another folder lies in the place',
    hostConfig: { Privileged: true, IpcMode: 'host' },
    mounts: [
      { ...shm[0], source: '/etc' },
      { ...shm[0], source: '/etc', destination: '/sys' },
    ],
    targets: ['/dev/shm', '/sys'],
  },
  { when: 'it shares the host’s IPC', hostConfig: { IpcMode: 'host' }, mounts: shm, targets: [] },
  {
    when: 'it shares the host’s IPC and asks for the folder itself',
    hostConfig: { IpcMode: 'host' },
    asked: ['/dev/shm'],
    mounts: shm,
    targets: ['/dev/shm'],
  },
  { when: 'its IPC is its own', hostConfig: { IpcMode: 'private' }, mounts: shm, targets: ['/dev/shm'] },
  { when: 'nobody can read its settings', hostConfig: 7, mounts: shm, targets: ['/dev/shm'] },
];

describe('mounts that an engine makes by itself', () => {
  test.each(rows)('when $when', async ({ hostConfig, asked = [], mounts, targets }) => {
    const points = asked.map((Destination) => [Destination, { Destination, RW: true }]);
    const config = { MountPoints: Object.fromEntries(points) };
    const fields = await containerOfBundle({ spec: { ociVersion: '1.2.0', mounts }, config, hostConfig }, around);
    expect(fields.mounts).toMatchObject({ kind: 'known' });
    const { mounts: read } = fields;
    expect(read.kind === 'known' ? read.value.map(({ target }) => target) : read.why).toEqual(targets);
  });
});
