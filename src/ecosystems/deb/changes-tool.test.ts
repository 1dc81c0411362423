import { expect, test } from 'vitest';
import { changeOf } from '../contract.ts';
import { openWorkshop, scanned, type Workshop } from '../workshop.testing.ts';
import { dpkg } from './reader.ts';

/** A repository in a folder, and a root in another with these of its packages. */
function openApt(packages: string): Workshop {
  const shop = openWorkshop((folder) => ({ APT_CONFIG: `${folder}/apt.conf`, PATH: '/usr/sbin:/usr/bin:/sbin:/bin' }));
  const { folder } = shop;
  const settings = [
    `Dir "${folder}/root";`,
    `Dir::State::status "${folder}/root/var/lib/dpkg/status";`,
    'Dir::Bin::dpkg "/usr/bin/dpkg";',
    `DPkg::Options { "--root=${folder}/root"; "--force-not-root"; "--log=/dev/null"; };`,
    'APT::Sandbox::User "";',
  ];
  shop.write('apt.conf', settings.join('\n'));
  shop.write('root/etc/apt/sources.list', `deb [trusted=yes] file:${folder}/repository ./\n`);
  shop.write('root/var/lib/dpkg/status', '');
  shop.run(
    'cd ../root && mkdir -p var/lib/dpkg/info var/lib/dpkg/updates var/lib/dpkg/triggers var/lib/apt/lists/partial var/cache/apt/archives/partial etc/apt/preferences.d etc/apt/apt.conf.d etc/apt/trusted.gpg.d var/log/apt',
  );
  const index = repository.map((one) => addPackage(shop, one));
  shop.write('repository/Packages', index.join(''));
  shop.run(`apt-get update && apt-get install -y ${packages}`);
  return shop;
}

type Package = readonly [name: string, version: string, depends?: string];

const repository: readonly Package[] = [
  ['x', '1.0.0'],
  ['x', '1.2.0'],
  ['y', '1.0.0', 'x'],
  ['of-one-source', '1.0.0', 'x (= 1.0.0)'],
  ['of-one-source', '1.2.0', 'x (= 1.2.0)'],
  ['no-newer', '1.0.0', 'x (<< 1.1)'],
];

/** Its paragraph in the index. */
function addPackage(shop: Workshop, [name, version, depends]: Package): string {
  const fields = [`Package: ${name}`, `Version: ${version}`, 'Architecture: all', 'Maintainer: M <m@example.org>'];
  const control = [...fields, ...(depends === undefined ? [] : [`Depends: ${depends}`]), 'Description: one', ''];
  const file = `${name}_${version}_all.deb`;
  shop.write(`build/${name}-${version}/DEBIAN/control`, control.join('\n'));
  shop.run(`mkdir -p ../repository && dpkg-deb --build ../build/${name}-${version} ../repository/${file}`);
  const [size = '', sum = ''] = shop
    .run(`stat -c %s ../repository/${file}; sha256sum <../repository/${file}`)
    .split(/\s+/);
  return [...control.slice(0, -1), `Filename: ./${file}`, `Size: ${size}`, `SHA256: ${sum}`, '', ''].join('\n');
}

const status = 'root/var/lib/dpkg/status';
const { copy } = changeOf({ type: 'deb', package: 'x', installed: '1.0.0', to: '1.2.0', path: 'var/lib/dpkg/status' });

test.each([
  ['x=1.0.0', ['x 1.2.0']],
  ['x=1.0.0 y', ['x 1.2.0', 'y 1.0.0']],
  ['x=1.0.0 of-one-source=1.0.0', ['of-one-source 1.2.0', 'x 1.2.0']],
])('where %s are installed, apt brings the fixed version', { timeout: 240_000 }, async (packages, after) => {
  const shop = openApt(packages);
  expect(await scanned(shop, status, dpkg)).toContain('x 1.0.0');
  shop.run(copy);
  expect(await scanned(shop, status, dpkg)).toEqual(after);
});

test('apt removes nothing that allows no fixed version: it ends with a fault', { timeout: 240_000 }, async () => {
  const shop = openApt('x=1.0.0 no-newer');
  const { code, output } = shop.paste(copy);
  expect(code).toBe(100);
  expect(output).toMatch(/no-newer/);
  expect(await scanned(shop, status, dpkg)).toEqual(['no-newer 1.0.0', 'x 1.0.0']);
});
