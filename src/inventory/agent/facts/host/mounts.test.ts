import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { known } from '#base/index.ts';
import type { DataRootDevice } from '../../../facts/host.ts';
import { createFileMemory } from '../file-memory.ts';
import { usualEnginePlaces } from './engine-places.ts';
import { createHostReader } from './host-reader.ts';
import { collectMounts, mountsOf, ownMounts } from './mounts.ts';
import { runNothing } from './run-program.ts';

function deviceOf(root: string, path: string): DataRootDevice | string {
  const engine = { ...usualEnginePlaces, dataRoot: known(path, 'test') };
  const field = collectMounts({
    host: createHostReader(root),
    run: runNothing,
    engine,
    memory: createFileMemory(),
  }).dataRootDevice;
  return field.kind === 'known' ? field.value : field.why;
}

test('the data folder is compared with the folder above it', () => {
  const root = mkdtempSync(join(tmpdir(), 'seawall-mounts-'));
  mkdirSync(join(root, 'var/lib/docker/100000.100000'), { recursive: true });
  const own = deviceOf(root, '/var/lib/docker');
  expect(own).toMatchObject({ path: '/var/lib/docker' });
  expect(typeof own === 'object' && own.device === own.parentDevice).toBe(true);
  expect(deviceOf(root, '/var/lib/docker/100000.100000')).toMatchObject({ path: '/var/lib/docker/100000.100000' });
  expect(deviceOf(root, '/srv/docker')).toBe('there is no /srv/docker');
  rmSync(root, { recursive: true });
  // A file system of its own on every Linux.
  const proc = deviceOf('/', '/proc');
  expect(typeof proc === 'object' && proc.device !== proc.parentDevice).toBe(true);
});

test('lines that are no mounts are left out', () => {
  expect(mountsOf('\n1 2 0:3 / /a rw\n1 2 0:3 /\n - tmpfs\n1 2 0:3 / /b rw,nodev - tmpfs x rw\n')).toEqual([
    { point: '/b', root: '/', type: 'tmpfs', options: ['rw', 'nodev'] },
  ]);
});

test('mounts of containers are not the host’s, and the kernel’s order does not count', () => {
  const id = 'ab'.repeat(32);
  const line = (point: string, type = 'overlay', options = 'rw'): string =>
    `1 2 0:3 / ${point} ${options} - ${type} x rw`;
  const own = [line('/var'), line('/tmp', 'tmpfs'), line('/tmp', 'tmpfs', 'rw,noexec'), line('/var/lib/docker')];
  const ofContainers = [
    line('/run/docker/netns/7f3a', 'nsfs'),
    line('/srv/docker/overlay2/t5xk0/merged'),
    line(`/var/lib/docker/rootfs/overlayfs/${id}`),
    line(`/var/lib/docker/containers/${id}/mounts/shm`, 'tmpfs'),
    line('/run/containerd/io.containerd.runtime.v2.task/k8s.io/web/rootfs'),
    line('/var/lib/kubelet/pods/0b5c/volumes/kubernetes.io~projected/token', 'tmpfs'),
  ];
  const found = ownMounts(mountsOf([...own, ...ofContainers].join('\n')));
  expect(found.map(({ point, options }) => `${point} ${options.join()}`)).toEqual([
    '/tmp rw',
    '/tmp rw,noexec',
    '/var rw',
    '/var/lib/docker rw',
  ]);
  expect(ownMounts(mountsOf([...ofContainers, own[3], own[0], own[1], own[2]].join('\n')))).toEqual(found);
});
