import { strToU8, zipSync } from 'fflate';
import { expect, test } from 'vitest';
import { changeOf } from '../contract.ts';
import { openWorkshop, type Workshop } from '../workshop.testing.ts';

/** A virtual environment, and an index that is a folder. */
function openPip(): Workshop {
  const shop = openWorkshop((folder) => ({
    PATH: '/usr/bin:/bin',
    PIP_NO_INDEX: '1',
    PIP_FIND_LINKS: `${folder}/index`,
    PIP_PYTHON: `${folder}/venv/bin/python`,
    PIP_DISABLE_PIP_VERSION_CHECK: '1',
  }));
  for (const [name, version, requires] of [
    ['x', '1.0.0', ''],
    ['x', '1.2.0', ''],
    ['x', '2.0.0', ''],
    ['y', '1.0.0', 'Requires-Dist: x<2\n'],
  ] as const) {
    const info = `${name}-${version}.dist-info`;
    const files = {
      [`${name}.py`]: '',
      [`${info}/METADATA`]: `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n${requires}`,
      [`${info}/WHEEL`]: 'Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n',
      [`${info}/RECORD`]: '',
    };
    const entries = Object.entries(files).map(([path, text]) => [path, strToU8(text)]);
    shop.write(`index/${name}-${version}-py3-none-any.whl`, zipSync(Object.fromEntries(entries)));
  }
  shop.run('python3 -m venv --without-pip ../venv');
  return shop;
}

const wanted = { type: 'pypi', package: 'x', installed: '1.0.0', to: '1.2.0' };
const installed = (shop: Workshop): string => shop.run('ls -d ../venv/lib/python3*/site-packages/x-*').trim();

test.each([
  ['named itself', 'pip install x==1.0.0'],
  ['brought by another', 'pip install x==1.0.0 && pip install y'],
])('pip installs the fixed version of what is %s', { timeout: 240_000 }, (_, before) => {
  const shop = openPip();
  shop.run(before);
  expect(installed(shop)).toMatch(/x-1\.0\.0\.dist-info$/);
  shop.run(changeOf(wanted).copy);
  expect(installed(shop)).toMatch(/^\S+x-1\.2\.0\.dist-info$/);
});

test('a line of requirements.txt brings the fixed version', { timeout: 240_000 }, () => {
  const shop = openPip();
  const { before, copy } = changeOf({ ...wanted, path: 'requirements.txt' });
  shop.write('project/requirements.txt', `y\n${before}\n`);
  shop.run('pip install -r requirements.txt');
  shop.write('project/requirements.txt', `y\n${copy}\n`);
  shop.run('pip install -r requirements.txt');
  expect(installed(shop)).toMatch(/^\S+x-1\.2\.0\.dist-info$/);
});
