import { expect, test } from 'vitest';
import { changeOf } from '../contract.ts';
import { openWorkshop, type Workshop } from '../workshop.testing.ts';

/** A project that requires these of the packages that it lists itself. */
function openComposer(require: Readonly<Record<string, string>>): Workshop {
  const shop = openWorkshop((folder) => ({
    COMPOSER_HOME: `${folder}/composer`,
    COMPOSER_ALLOW_SUPERUSER: '1',
    COMPOSER_DISABLE_NETWORK: '1',
  }));
  const packages = (
    [
      ['a/x', '1.0.0', {}],
      ['a/x', '1.2.0', {}],
      ['a/y', '1.0.0', { 'a/x': '^1.0' }],
    ] as const
  ).map(([name, version, requires]) => {
    const url = `${shop.folder}/packages/${name}-${version}`;
    const one = { name, version, require: requires };
    shop.write(`packages/${name}-${version}/composer.json`, JSON.stringify(one));
    return { ...one, dist: { type: 'path', url } };
  });
  const repositories = [{ type: 'package', package: packages }, { 'packagist.org': false }];
  shop.write('project/composer.json', JSON.stringify({ repositories, require }));
  shop.run('composer update --with a/x:1.0.0');
  expect(versions(shop)).toEqual(['1.0.0']);
  return shop;
}

function versions(shop: Workshop): readonly string[] {
  const { packages } = JSON.parse(shop.read('project/vendor/composer/installed.json')) as {
    readonly packages: readonly { readonly name: string; readonly version: string }[];
  };
  return packages.filter(({ name }) => name === 'a/x').map(({ version }) => version);
}

test.each([{ 'a/x': '^1.0' }, { 'a/x': '1.0.0' }, { 'a/y': '^1.0' }])(
  'Composer installs the fixed version where %j is required',
  { timeout: 240_000 },
  (require) => {
    const shop = openComposer(require);
    shop.run(
      changeOf({ type: 'composer', package: 'a/x', installed: '1.0.0', to: '1.2.0', path: 'composer.lock' }).copy,
    );
    expect(versions(shop)).toEqual(['1.2.0']);
  },
);
