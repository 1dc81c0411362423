import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { strToU8, zipSync } from 'fflate';
import { makeElf } from '../../test/make/elf.ts';
import { type Pinned, pinnedOf } from './lock-folders.ts';

type Files = readonly (readonly [path: string, content: string | Uint8Array])[];

/** What the tools of each ecosystem leave beside what they install. */
const forms: Readonly<Record<string, (pinned: readonly Pinned[]) => Files>> = {
  npm: each(({ name, version }) => [
    `srv/app/node_modules/${name}/package.json`,
    JSON.stringify({ name, version, main: 'index.js' }),
  ]),
  PyPI: each(({ name, version }) => [
    `usr/lib/python3/dist-packages/${name.replaceAll('-', '_')}-${version}.dist-info/METADATA`,
    `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\nSummary: s\n\nText.\n`,
  ]),
  RubyGems: each(({ name, version }) => [
    `usr/lib/ruby/gems/3.3.0/specifications/${name}-${version}.gemspec`,
    gemspec(name, version),
  ]),
  Maven: each(({ name, version }) => {
    const [group = '', artifact = ''] = name.split(':');
    const properties = `groupId=${group}\nartifactId=${artifact}\nversion=${version}\n`;
    const entry = `META-INF/maven/${group}/${artifact}/pom.properties`;
    return [`srv/lib/${group}/${artifact}-${version}.jar`, zipSync({ [entry]: strToU8(properties) })];
  }),
  Packagist: (pinned) => [['srv/app/vendor/composer/installed.json', JSON.stringify({ packages: pinned, dev: true })]],
  NuGet: (pinned) => [['srv/app/app.deps.json', dependencies(pinned)]],
  'crates.io': (pinned) => [['usr/bin/app', withCrates(pinned)]],
};

/** Ecosystems of which installed packages are laid out. Programs of Go are real ones. */
export const installedFamilies: readonly string[] = Object.keys(forms);

/** Lays out every package that a feed speaks of as its tools install it, at the bounds of its advisories. */
export function writeInstalledFolder(folder: string, feeds: string, family: string): void {
  for (const [variant, pinned] of pinnedOf(feeds, family).entries()) {
    for (const [path, content] of forms[family]?.(pinned) ?? []) {
      const place = join(folder, `${variant}`, path);
      mkdirSync(dirname(place), { recursive: true });
      // Programs are told by their mode.
      writeFileSync(place, content, { mode: path.startsWith('usr/bin/') ? 0o755 : 0o644 });
    }
  }
}

function each(of: (one: Pinned) => Files[number]): (pinned: readonly Pinned[]) => Files {
  return (pinned) => pinned.map(of);
}

/** As `gem install` writes it. */
function gemspec(name: string, version: string): string {
  return `# -*- encoding: utf-8 -*-
# stub: ${name} ${version} ruby lib

Gem::Specification.new do |s|
  s.name = "${name}".freeze
  s.version = "${version}".freeze
  s.require_paths = ["lib".freeze]
  s.summary = "s".freeze
end
`;
}

/** As `dotnet publish` writes it. */
function dependencies(pinned: readonly Pinned[]): string {
  const target = '.NETCoreApp,Version=v8.0';
  const key = ({ name, version }: Pinned) => `${name}/${version}`;
  const assembly = ({ name }: Pinned) => ({ runtime: { [`lib/net8.0/${name}.dll`]: {} } });
  const library = { type: 'package', serviceable: true, sha512: '' };
  return JSON.stringify({
    runtimeTarget: { name: target, signature: '' },
    targets: { [target]: Object.fromEntries(pinned.map((one) => [key(one), assembly(one)])) },
    libraries: Object.fromEntries(pinned.map((one) => [key(one), library])),
  });
}

/** As `cargo auditable build` does. */
function withCrates(pinned: readonly Pinned[]): Uint8Array {
  const crates = pinned.map((one) => ({ ...one, source: 'crates.io' }));
  const packages = [{ name: 'app', version: '1.0.0', source: 'local', root: true }, ...crates];
  return makeElf([{ name: '.dep-v0', content: deflateSync(JSON.stringify({ packages })) }]);
}
