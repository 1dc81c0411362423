import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { damagedTexts, damageTries } from '../../../test/damage.ts';
import { gem as changes } from './changes.ts';
import { gem } from './index.ts';
import { gemLock } from './lock.ts';

const limits = { archiveDepth: 16, unpackedBytes: 2 ** 30, entries: 1_000_000 };

async function reported(text: string): Promise<readonly string[]> {
  const { packages, faults } = await gemLock.analyze({ path: 'Gemfile.lock', content: Buffer.from(text), limits });
  const lines = packages.map(
    (one) => `${one.name} ${one.version}${gem.isSoftware?.({ ...one, layer: 0 }) ? '' : ' own'}`,
  );
  return [...lines, ...faults.map(({ code }) => code)];
}

// From Gemfile.lock of github.com/forem/forem at 0022f398, shortened; PATH as Bundler writes it for an engine.
const lock = `GIT
  remote: https://github.com/forem/acts_as_follower.git
  revision: 06393d3693a1a3d4b390aec4976c8b8f3a81cf01
  branch: master
  specs:
    acts_as_follower (0.2.1)
      activerecord (>= 4.0)

PATH
  remote: engines/shop
  specs:
    shop (0.1.0)
      rails (= 7.0.1)

GEM
  remote: https://rubygems.org/
  specs:
    actioncable (7.0.1)
      actionpack (= 7.0.1)
      nio4r (~> 2.0)
    gemoji (4.0.0.rc3)
    google-protobuf (3.19.2)
    google-protobuf (3.19.2-x86_64-darwin)
    google-protobuf (3.19.2-x86_64-linux)
    http_parser.rb (0.6.0)
    nokogiri (1.13.1-arm64-darwin)
      racc (~> 1.4)
    nokogiri (1.13.1-x86_64-linux)
      racc (~> 1.4)

PLATFORMS
  arm64-darwin-21
  x86_64-linux

DEPENDENCIES
  acts_as_follower!
  gemoji (~> 4.0.0.rc2)
  shop!

CHECKSUMS
  gemoji (4.0.0.rc3) sha256=00

RUBY VERSION
   ruby 3.0.2p107

BUNDLED WITH
   2.2.33
`;
const listed = [
  'acts_as_follower 0.2.1 own',
  'shop 0.1.0 own',
  'actioncable 7.0.1',
  'gemoji 4.0.0.rc3',
  'google-protobuf 3.19.2',
  'http_parser.rb 0.6.0',
  'nokogiri 1.13.1',
];

describe('a lock file of Bundler', () => {
  test('lists each gem once', async () => expect(await reported(lock)).toEqual(listed));
  test('is the same with line ends of Windows', async () =>
    expect(await reported(lock.replaceAll('\n', '\r\n'))).toEqual(listed));
  test('that wants nothing lists nothing', async () =>
    expect(await reported('GEM\n  specs:\n\nPLATFORMS\n  ruby\n\nDEPENDENCIES\n')).toEqual([]));

  const damaged = 'corrupt-package-database';
  test.each([
    ['cut off', lock.slice(0, lock.indexOf('nokogiri')), [...listed.slice(0, -1), damaged]],
    ['empty', '', [damaged]],
    ['of something else', '{"a": 1}', [damaged]],
    ['left in a merge', `<<<<<<< HEAD\n${lock}`, [damaged]],
    [
      'with a line that is none',
      lock.replace('(4.0.0.rc3)', '(4.0.0.rc3'),
      [...listed.filter((one) => !one.startsWith('gemoji')), damaged],
    ],
  ])('%s', async (_, text, expected) => expect(await reported(text)).toEqual(expected));

  test.each([
    ['Gemfile.lock', true],
    ['app/gems.locked', true],
    ['app/xGemfile.lock', false],
    ['vendor/bundle/ruby/3.2.0/gems/rack-2.2.3/Gemfile.lock', false],
    ['vendor/bundle/ruby/3.2.0/bundler/gems/mail-9265cf75bbe3/Gemfile.lock', false],
  ])('%s: %s', (path, wanted) => expect(gemLock.wants(path, 1, 0o644)).toBe(wanted));

  test('is read or refused, however it is damaged', { timeout: 600_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(damagedTexts(lock), async (text) => {
        const lines = await reported(text);
        if (!text.includes('\nDEPENDENCIES')) expect(lines).toContain(damaged);
      }),
      { numRuns: damageTries },
    );
  });
});

test('a change is a line of the Gemfile that runs nothing', () => {
  const { change } = changes;
  expect(change({ paths: ['Gemfile.lock'], name: 'rack', installed: '2.2.3', to: '2.2.4' })).toEqual({
    where: 'Gemfile',
    before: "gem 'rack', '2.2.3'",
    after: "gem 'rack', '2.2.4'",
    copy: "gem 'rack', '2.2.4'",
  });
  expect(change({ name: "a', b('c\\", installed: '1', to: '#{x}', paths: [] }).copy).toBe(
    String.raw`gem 'a\', b(\'c\\', '#{x}'`,
  );
});
