import { expect, test } from 'vitest';
import { file, symlink, type TarEntry } from '../../test/make/tar.ts';
import { scanLayers } from './scan.testing.ts';

/* Links that give a folder another name. Its own name holds too, whatever the others say of it. */

const statusText = ['a', 'b']
  .map((name) => `Package: ${name}\nStatus: install ok installed\nArchitecture: all\nVersion: 1\n\n`)
  .join('');
const debian = file('etc/os-release', 'ID=debian\nVERSION_ID="13"\nPRETTY_NAME="Debian 13"\n');
const status = file('var/lib/dpkg/status', statusText);
const lib = (path: string, name = 'left-pad'): TarEntry =>
  file(`${path}/package.json`, JSON.stringify({ name, version: '1.0.0' }));
const nested = Array.from({ length: 40 }, (_, at) => symlink(`l${at}/node_modules`, `/n${'/n'.repeat(at)}`));

async function scan(layer: readonly TarEntry[]): Promise<string> {
  const { packages, faults } = await scanLayers([layer]);
  const installed = packages.filter(({ foundBy }) => foundBy.analyzer !== 'npm-application');
  return [...installed.map(({ name }) => name).toSorted(), ...faults.map(({ code }) => code)].join(' ');
}

test.each([
  [
    'a link that calls the folder above a database node_modules',
    [status, symlink('app/node_modules', '/var'), lib('srv/node_modules/left-pad')],
    'a b left-pad',
  ],
  [
    'a link that calls a folder of packages an archive',
    [status, symlink('app/x.jar', '/usr'), lib('usr/share/nodejs/left-pad')],
    'a b left-pad',
  ],
  [
    'a database and packages in one folder, each behind a link',
    [symlink('var/lib/dpkg', '/d'), file('d/status', statusText), symlink('app/node_modules', '/d'), lib('d/left-pad')],
    'a b left-pad',
  ],
  [
    'packages and a scope in one folder',
    [
      status,
      symlink('app/node_modules/@x', '/d'),
      symlink('srv/node_modules', '/d'),
      lib('d/left-pad'),
      lib('d/@tide/gauge', '@tide/gauge'),
    ],
    '@tide/gauge a b left-pad',
  ],
  ['node_modules that lead to the root', [status, symlink('app/node_modules', '/'), lib('left-pad')], 'a b left-pad'],
  ['a database in the root', [symlink('var/lib/dpkg', '/'), file('status', statusText)], 'a b'],
  [
    'more folders in each other than names are tried',
    [status, ...nested, lib('n/left-pad')],
    'a b left-pad entry-limit',
  ],
] as const)('%s', async (_, layer, found) => {
  expect(await scan([debian, ...layer])).toBe(found);
});
