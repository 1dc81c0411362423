import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { scanTarget } from './scan.testing.ts';

const top = mkdtempSync(join(tmpdir(), 'seawall-outside-'));
const folder = join(top, 'project');
afterAll(() => rmSync(top, { recursive: true }));

test('a lock file that is a link is read within the folder, and a fault where it leads out of it', async () => {
  for (const at of ['', 'up', 'absolute', 'climbs', 'inside', 'nowhere'])
    mkdirSync(join(folder, at), { recursive: true });
  writeFileSync(join(top, 'outside.txt'), 'flask==1.0.0\n');
  writeFileSync(join(folder, 'kept'), 'django==2.0.0\n');
  symlinkSync('../../outside.txt', join(folder, 'up/requirements.txt'));
  symlinkSync(join(top, 'outside.txt'), join(folder, 'absolute/requirements.txt'));
  symlinkSync('../../../../../../../../../../../../etc/hostname', join(folder, 'climbs/Cargo.lock'));
  symlinkSync('../kept', join(folder, 'inside/requirements.txt'));
  symlinkSync('../none', join(folder, 'nowhere/requirements.txt'));
  symlinkSync('../../outside.txt', join(folder, 'up/notes.md'));
  const { packages, faults } = await scanTarget(`dir:${folder}`);
  expect(packages.map(({ name, version }) => `${name} ${version}`)).toEqual(['django 2.0.0']);
  expect(faults.map(({ code, path }) => `${code} ${path}`).toSorted()).toEqual([
    'unreadable-file absolute/requirements.txt',
    'unreadable-file climbs/Cargo.lock',
    'unreadable-file up/requirements.txt',
  ]);
});

test('many of them are counted', async () => {
  const many = join(top, 'many');
  for (let at = 0; at < 60; at++) {
    mkdirSync(join(many, `${at}`), { recursive: true });
    symlinkSync('../../outside.txt', join(many, `${at}/requirements.txt`));
  }
  const { faults } = await scanTarget(`dir:${many}`);
  const links = faults.filter(({ code }) => code === 'unreadable-file');
  expect(links).toHaveLength(51);
  expect(links.at(-1)).toMatchObject({ count: 10 });
});
