import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { file } from '../../test/make/tar.ts';
import { scanLayers } from './scan.testing.ts';

test('a large program of this machine tells the version of its Go', async () => {
  const real = '/usr/bin/docker';
  const version = /: go(\S+)/.exec(execFileSync('go', ['version', real], { encoding: 'utf8' }))?.[1];
  const { packages } = await scanLayers([[file('usr/bin/docker', readFileSync(real), 0o755)]]);
  expect(packages.find(({ name }) => name === 'stdlib')?.version).toBe(version);
});
