import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { known } from '#base/index.ts';
import type { DataRootDevice } from '../../../facts/host.ts';
import { usualEnginePlaces } from './engine-places.ts';
import { createHostReader } from './host-reader.ts';
import { collectMounts, mountsOf } from './mounts.ts';
import { runNothing } from './run-program.ts';

function deviceOf(root: string, path: string): DataRootDevice | string {
  const engine = { ...usualEnginePlaces, dataRoot: known(path, 'test') };
  const field = collectMounts({ host: createHostReader(root), run: runNothing, engine }).dataRootDevice;
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
