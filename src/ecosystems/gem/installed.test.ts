import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { damagedTexts, damageTries } from '../../../test/damage.ts';
import { gem } from './reader.ts';

const limits = { archiveDepth: 16, unpackedBytes: 2 ** 30, entries: 1_000_000 };

async function reported(text: string): Promise<string> {
  const content = Buffer.from(text);
  const { packages, faults } = await gem.analyze({ path: 'specifications/x-1.gemspec', content, limits });
  const lines = packages.map(({ purl, licenses }) => [purl, ...licenses].join(' '));
  return [...lines, ...faults.map(({ code }) => code)].join('\n');
}

// As RubyGems 3.6 wrote it for nokogiri 1.18.10, shortened.
const today = `# -*- encoding: utf-8 -*-
# stub: nokogiri 1.18.10 x86_64-linux-gnu lib

Gem::Specification.new do |s|
  s.name = "nokogiri".freeze
  s.version = "1.18.10"
  s.platform = "x86_64-linux-gnu".freeze

  s.required_rubygems_version = Gem::Requirement.new(">= 3.3.22".freeze) if s.respond_to? :required_rubygems_version=
  s.require_paths = ["lib".freeze]
  s.licenses = ["MIT".freeze, "BSD-2-Clause".freeze]
  s.rubygems_version = "3.6.9".freeze
end
`;

// As RubyGems 1.3.6 wrote it for warbler 1.0, shortened.
const old = `# -*- encoding: utf-8 -*-

Gem::Specification.new do |s|
  s.name = %q{warbler}
  s.version = "1.0"

  s.required_rubygems_version = Gem::Requirement.new(">= 0") if s.respond_to? :required_rubygems_version=
  s.authors = ["Nick Sieger"]
  s.rubygems_version = %q{1.3.6}
  if s.respond_to? :specification_version then
    s.specification_version = 3
  end
end
`;
// As published for powncer 0.1.2.
const byClass = `Gem::Specification.new do |s| \n  s.name = "powncer"\n  s.version = Gem::Version.new('0.1.2')\nend\n`;

describe('an installed gem', () => {
  test.each([
    ['of today', today, 'pkg:gem/nokogiri@1.18.10 MIT BSD-2-Clause'],
    [
      'without the line for readers in a hurry',
      today.replace(/# stub.*/, ''),
      'pkg:gem/nokogiri@1.18.10 MIT BSD-2-Clause',
    ],
    [
      'that computes its version, by that line',
      today.replace('"1.18.10"', 'Nokogiri::VERSION'),
      'pkg:gem/nokogiri@1.18.10 MIT BSD-2-Clause',
    ],
    ['of 2010', old, 'pkg:gem/warbler@1.0'],
    ['with its version as an object', byClass, 'pkg:gem/powncer@0.1.2'],
    ['with its version as an object, old quotes', byClass.replace("('0.1.2')", ' %q<0.1.2>'), 'pkg:gem/powncer@0.1.2'],
    ['with one license', byClass.replace('end', "  s.license = 'GPL 2'\nend"), 'pkg:gem/powncer@0.1.2 GPL 2'],
    ['cut behind its name', old.slice(0, old.indexOf('s.version')), 'unknown-version'],
    ['that computes its version', old.replace('"1.0"', 'Warbler::VERSION'), 'unknown-version'],
    ['cut at its start', old.slice(0, 40), 'corrupt-package'],
    ['that is empty', '', 'corrupt-package'],
  ])('%s', async (_, text, expected) => expect(await reported(text)).toBe(expected));

  test.each([
    'usr/lib/ruby/gems/3.3.0/specifications/rake-13.1.0.gemspec',
    'usr/lib/ruby/gems/3.3.0/specifications/default/json-2.7.2.gemspec',
    'app/vendor/bundle/ruby/3.2.0/specifications/rack-2.2.3.gemspec',
  ])('lies at %s', (path) => expect(gem.wants(path, 1, 0o644)).toBe(true));

  test.each([
    'app/mine.gemspec',
    'usr/lib/ruby/gems/3.3.0/gems/rake-13.1.0/rake.gemspec',
    'usr/lib/ruby/gems/3.3.0/specifications/x/rake-1.gemspec',
  ])('does not lie at %s', (path) => expect(gem.wants(path, 1, 0o644)).toBe(false));

  test('is read or refused, however it is damaged', { timeout: 600_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(damagedTexts(today), async (text) => {
        expect(await reported(text)).not.toBe('');
      }),
      { numRuns: damageTries },
    );
  });

  test('is read in linear time', async () => {
    const start = performance.now();
    for (const text of [' '.repeat(2e6), 's.version ='.repeat(2e5), `s.name = "${'a'.repeat(2e6)}`, '\n'.repeat(2e6)])
      expect(await reported(text)).toBe('corrupt-package');
    expect(performance.now() - start).toBeLessThan(5000);
  });
});
