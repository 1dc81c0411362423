import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { damagedTexts, damageTries } from '../../../test/damage.ts';
import type { Analyzer } from '../analyzer.ts';
import { composer as changes } from './changes.ts';
import { composer } from './index.ts';
import { composer as reader, composerLock } from './reader.ts';

const limits = { archiveDepth: 16, unpackedBytes: 2 ** 30, entries: 1_000_000 };

async function reported(text: string, by: Analyzer = reader): Promise<string> {
  const { packages, faults } = await by.analyze({ path: 'x.json', content: Buffer.from(text), limits });
  const lines = packages.map((one) => {
    const own = composer.isSoftware?.({ ...one, layer: 0 }) ? [] : ['own'];
    return [one.purl, ...one.licenses, ...own].join(' ');
  });
  return [...lines, ...faults.map(({ code }) => code)].join('\n');
}

// Of github.com/0-Yorick-0/phpUnitOCR at 9da4f8f0 (Composer 1) and of composer_happy.lock of github.com/aquasecurity/trivy,
// shortened to what tells packages apart.
const annotations = {
  name: 'doctrine/annotations',
  version: 'v1.6.0',
  version_normalized: '1.6.0.0',
  dist: { type: 'zip', url: 'https://api.github.com/repos/doctrine/annotations/zipball/c7f2050c', shasum: '' },
  type: 'library',
  extra: { 'branch-alias': { 'dev-master': '1.6.x-dev' } },
  'notification-url': 'https://packagist.org/downloads/',
  license: ['MIT'],
};
const guzzle = { name: 'guzzlehttp/guzzle', version: '6.5.8', dist: { type: 'zip' }, license: ['MIT'] };
const branch = { name: 'symfony/thing', version: 'dev-main', version_normalized: 'dev-main' };
const ofFolder = { name: 'shop/cart', version: '1.0.0', dist: { type: 'path', url: 'packages/cart' } };
const phpunit = { name: 'phpunit/phpunit', version: '9.5.0' };

const first = JSON.stringify([annotations, guzzle]);
const second = JSON.stringify({
  packages: [annotations, guzzle, phpunit, branch, ofFolder],
  dev: true,
  'dev-package-names': ['phpunit/phpunit'],
});
const lock = JSON.stringify({
  'content-hash': '99c95f97c9ab9a0045cd1f3b910a5b77',
  packages: [guzzle, ofFolder],
  'packages-dev': [phpunit],
  aliases: [],
});
const [one, two] = ['pkg:composer/doctrine/annotations@v1.6.0 MIT', 'pkg:composer/guzzlehttp/guzzle@6.5.8 MIT'];
const rest = 'pkg:composer/symfony/thing@dev-main\npkg:composer/shop/cart@1.0.0 own';
const damaged = 'corrupt-package-database';

describe('packages of Composer', () => {
  test.each([
    ['of Composer 1', first, `${one}\n${two}`],
    ['of Composer 2', second, `${one}\n${two}\npkg:composer/phpunit/phpunit@9.5.0\n${rest}`],
    ['none', '{"packages": [], "dev": false, "dev-package-names": []}', ''],
    ['without version', '[{"name": "a/b"}]', 'pkg:composer/a/b'],
    ['without name', '[{"version": "1"}, 5]', 'corrupt-package\ncorrupt-package'],
    ['cut off', second.slice(0, 200), damaged],
    ['of another file', '{"name": "a/b"}', damaged],
    ['that is no object', '5', damaged],
    ['nested without end', '['.repeat(5000), damaged],
  ])('installed: %s', async (_, text, expected) => expect(await reported(text)).toBe(expected));

  test.each([
    ['whole', lock, `${two}\npkg:composer/shop/cart@1.0.0 own`],
    ['cut off', lock.slice(0, 100), damaged],
    ['of another file', '[]', damaged],
  ])('a lock file: %s', async (_, text, expected) => expect(await reported(text, composerLock)).toBe(expected));

  test.each([
    [reader, 'app/vendor/composer/installed.json', true],
    [reader, 'app/lib/composer/installed.json', true],
    [reader, 'app/installed.json', false],
    [composerLock, 'composer.lock', true],
    [composerLock, 'app/composer.lock', true],
    [composerLock, 'app/vendor/a/b/composer.lock', false],
  ])('%o: %s: %s', (by, path, wanted) => expect(by.wants(path, 1, 0o644)).toBe(wanted));

  test('are read or refused, however damaged', { timeout: 600_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(damagedTexts(second), async (text) => {
        expect(await reported(text)).not.toBe('');
        await reported(text, composerLock);
      }),
      { numRuns: damageTries },
    );
  });
});

test('advisories of Drupal speak of its packages only', () => {
  const { advisories } = composer;
  const also = advisories === 'none' ? undefined : advisories.also;
  expect(also?.('drupal/webform')).toEqual(['Packagist:https://packages.drupal.org/8']);
  expect(also?.('symfony/drupal')).toEqual([]);
});

test('a change is a command of Composer', () => {
  const { copy } = changes.change({ name: 'symfony/console', installed: 'v5.4.0', to: 'v5.4.20', paths: [] });
  expect(copy).toBe('composer require symfony/console:v5.4.20 --with-all-dependencies');
});
