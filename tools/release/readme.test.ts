import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { misunderstood } from '#apps/cli/testing.ts';
import { signatureFiles } from '#apps/cli/release/sums.ts';
import { recipes } from './images/recipes.ts';
import { readmeOf } from './readme.ts';

const template = readFileSync(join(import.meta.dirname, 'readme.txt'), 'utf8');
const version = '1.2.3';
const names = [
  'seawall-linux-x64',
  'seawall-linux-arm64',
  'seawall.cjs',
  'seawall_1.2.3_amd64.deb',
  'seawall-1.2.3-linux-x64.tar.gz',
  'seawall-1.2.3.cdx.json',
  'seawall-1.2.3.openvex.json',
  ...recipes.map(({ name }) => `seawall-${name}-${version}.tar`),
  ...Object.values(signatureFiles),
];

test('it says of each file what it is for, fits a terminal, and names files of the release only', () => {
  const text = readmeOf(template, { names, version });
  for (const name of names) expect(text).toMatch(new RegExp(`^ {2}${name.replaceAll('.', '\\.')} +\\S`, 'm'));
  expect(text).toContain('image: console for your PostgreSQL');
  expect(text.split('\n').filter((line) => line.length > 80)).toEqual([]);
  expect(text).not.toMatch(/VERSION|FILES|TARBALL|DEB\b|NAME\//);
  const named = [...text.matchAll(/seawall[-_][\w.-]*1\.2\.3[\w.-]*\w/g)].map(([name]) => name);
  const known = [...names, 'seawall-1.2.3-linux-x64'];
  expect(named.filter((name) => !known.includes(name))).toEqual([]);
});

test('a file of which it says nothing ends the release', () => {
  expect(() => readmeOf(template, { names: [...names, 'seawall.dmg'], version })).toThrow('what seawall.dmg is for');
});

test('the program understands every command line in it', async () => {
  const lines = template
    .split('\n')
    .map((line) => /^ {2}(seawall .*?)(?: {2,}#.*)?$/.exec(line)?.[1]?.replace(/ \\$/, '') ?? '')
    .filter((line) => line !== '');
  expect(lines.length).toBeGreaterThan(5);
  for (const line of lines) expect.soft(await misunderstood(line), line).toBe('');
});
