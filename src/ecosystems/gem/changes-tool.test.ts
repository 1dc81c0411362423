import { expect, test } from 'vitest';
import { changeOf } from '../contract.ts';
import { openWorkshop, type Workshop } from '../workshop.testing.ts';

/** Makes an index of gems, as RubyGems did itself before it gave that to a gem of its own. */
const makeIndex = `
require 'fileutils'; require 'rubygems/package'; require 'zlib'
Gem::DefaultUserInteraction.ui = Gem::SilentUI.new
FileUtils.mkdir_p %w[index/gems index/quick/Marshal.4.8]
specs = [['x', '1.0.0', []], ['x', '1.2.0', []], ['y', '1.0.0', [['x', '< 2']]]].map do |name, version, requires|
  spec = Gem::Specification.new do |s|
    s.name, s.version, s.summary, s.authors, s.files = name, version, name, ['a'], []
    requires.each { |one| s.add_dependency(*one) }
  end
  FileUtils.mv Gem::Package.build(spec, true), 'index/gems/'
  quick = "index/quick/Marshal.4.8/#{spec.full_name}.gemspec.rz"
  File.binwrite quick, Zlib::Deflate.deflate(Marshal.dump(spec))
  [spec.name, spec.version, 'ruby']
end
{ 'specs' => specs, 'latest_specs' => specs, 'prerelease_specs' => [] }.each do |name, content|
  Zlib::GzipWriter.open("index/#{name}.4.8.gz") { |file| file.write Marshal.dump(content) }
end`;

function openRuby(): Workshop {
  const shop = openWorkshop((folder) => ({
    GEM_HOME: `${folder}/gems`,
    GEM_PATH: `${folder}/gems`,
    GEMRC: `${folder}/gemrc`,
    BUNDLE_PATH: `${folder}/bundle`,
    BUNDLE_SILENCE_ROOT_WARNING: '1',
  }));
  shop.write('gemrc', `:sources:\n- file://${shop.folder}/index\ngem: --no-document\n`);
  shop.write('index.rb', makeIndex);
  shop.run('cd .. && ruby index.rb');
  return shop;
}

const wanted = { type: 'gem', package: 'x', installed: '1.0.0', to: '1.2.0' };

test.each(['gem install x:1.0.0', 'gem install x:1.0.0 && gem install y'])(
  'after %s the fixed version is there alone',
  { timeout: 240_000 },
  (before) => {
    const shop = openRuby();
    shop.run(before);
    shop.run(changeOf({ ...wanted, path: 'gems/specifications/x-1.0.0.gemspec' }).copy);
    expect(shop.run('ls ../gems/specifications | grep ^x-').trim()).toBe('x-1.2.0.gemspec');
  },
);

test('a line of the Gemfile brings the fixed version, of what another gem requires too', { timeout: 240_000 }, () => {
  const shop = openRuby();
  const { before, copy } = changeOf({ ...wanted, path: 'Gemfile.lock' });
  const gemfile = (...lines: readonly string[]): void =>
    shop.write('project/Gemfile', [`source 'file://${shop.folder}/index'`, ...lines, ''].join('\n'));
  gemfile("gem 'y'", before);
  shop.run('bundle install');
  expect(shop.read('project/Gemfile.lock')).toContain(' x (1.0.0)\n');
  gemfile("gem 'y'");
  shop.run('bundle install');
  expect(shop.read('project/Gemfile.lock')).toContain(' x (1.0.0)\n');
  gemfile("gem 'y'", copy);
  shop.run('bundle install');
  expect(shop.read('project/Gemfile.lock')).toContain(' x (1.2.0)\n');
});
