import { describe, expect, test } from 'vitest';
import { changeOf } from '../contract.ts';
import { openWorkshop, scanned, type Workshop } from '../workshop.testing.ts';
import { rpm } from './reader.ts';

type Package = readonly [name: string, version: string, requires?: string];

const repository: readonly Package[] = [
  ['x', '1.0.0'],
  ['x', '1.2.0'],
  ['y', '1.0.0', 'x'],
  ['of-one-source', '1.0.0', 'x = 1.0.0'],
  ['of-one-source', '1.2.0', 'x = 1.2.0'],
  ['no-newer', '1.0.0', 'x < 1.1'],
];

/** A repository in a folder, and a root in another with these of its packages. Managers by name take that root. */
function openRpm(install: string): Workshop {
  const shop = openWorkshop((folder) => ({ PATH: `${folder}/bin:/usr/sbin:/usr/bin:/sbin:/bin` }));
  const { folder } = shop;
  for (const [name, version, requires] of repository) {
    const fields = [`Name: ${name}`, `Version: ${version}`, 'Release: 1', 'BuildArch: noarch', 'License: MIT'];
    const needed = requires === undefined ? [] : [`Requires: ${requires}`];
    const text = [...fields, ...needed, 'Summary: one', '%description', 'One', '%files', ''].join('\n');
    shop.write(`build/${name}-${version}.spec`, text);
  }
  const build = `--quiet --define '_topdir ${folder}/build' --define '_rpmdir ${folder}/repository'`;
  shop.run(`rpmbuild -bb ${build} ../build/*.spec && createrepo_c --quiet ../repository`);
  const source = `[local]\nname=local\nbaseurl=file://${folder}/repository\ngpgcheck=0\nenabled=1\n`;
  shop.write('root/etc/zypp/repos.d/local.repo', source);
  const places = ['cachedir', 'logdir', 'persistdir', 'reposdir'].map((one) => `${one}=${folder}/dnf/${one}\n`);
  shop.write('dnf.conf', `[main]\n${places.join('')}${source}`);
  const dnf = `dnf -c ${folder}/dnf.conf --installroot ${folder}/root --releasever 1`;
  const commands = { dnf, yum: dnf, zypper: `zypper --root ${folder}/root --no-gpg-checks` };
  for (const [name, command] of Object.entries(commands))
    shop.write(`bin/${name}`, `#!/bin/sh\nexec /usr/bin/${command} "$@"\n`);
  shop.run(`chmod +x ../bin/* && ${install}`);
  return shop;
}

const database = 'root/var/lib/rpm/rpmdb.sqlite';

function lineOf(vendor: string): string {
  const purl = `pkg:rpm/${vendor}/x@1.0.0`;
  return changeOf({ type: 'rpm', package: 'x', installed: '1.0.0', to: '1.2.0', purl }).copy;
}

/** What dnf and its like call a version differs from zypper. Where both have an answer to a conflict, neither removes. */
const vendors = [
  ['redhat', 'dnf install -y', '-'],
  ['opensuse', 'zypper --non-interactive install', '='],
] as const;

describe.each(vendors)('the line of %s', (vendor, install, is) => {
  test.each([
    [`x${is}1.0.0`, ['x 1.2.0-1']],
    [`x${is}1.0.0 y`, ['x 1.2.0-1', 'y 1.0.0-1']],
    [`x${is}1.0.0 of-one-source${is}1.0.0`, ['of-one-source 1.2.0-1', 'x 1.2.0-1']],
  ])('brings the fixed version where %s are installed', { timeout: 240_000 }, async (packages, after) => {
    const shop = openRpm(`${install} ${packages}`);
    expect(await scanned(shop, database, rpm)).toContain('x 1.0.0-1');
    shop.run(lineOf(vendor));
    expect(await scanned(shop, database, rpm)).toEqual(after);
  });

  test('ends with a fault where another package allows no such version', { timeout: 240_000 }, async () => {
    const shop = openRpm(`${install} x${is}1.0.0 no-newer`);
    const { code, output } = shop.paste(lineOf(vendor));
    expect(code, output).toBeGreaterThan(0);
    expect(output).toMatch(/no-newer/);
    expect(await scanned(shop, database, rpm)).toEqual(['no-newer 1.0.0-1', 'x 1.0.0-1']);
  });
});

test('yum is dnf by another name in newer releases', { timeout: 240_000 }, async () => {
  const shop = openRpm('dnf install -y x-1.0.0');
  shop.run(lineOf('amazon'));
  expect(await scanned(shop, database, rpm)).toEqual(['x 1.2.0-1']);
});
