import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { recordsOf } from './advisories.ts';

/** A package in one version. */
export interface Pinned {
  readonly name: string;
  readonly version: string;
}

interface LockForm {
  readonly family: string;
  readonly file: string;
  write(pinned: readonly Pinned[]): string;
}

/** Versions of a package that are asked for: a lock file each. */
const variants = 8;

/** A lock file of each ecosystem, in the form that both sides read. */
const forms: readonly LockForm[] = [
  { family: 'npm', file: 'package-lock.json', write: packageLock },
  { family: 'PyPI', file: 'requirements.txt', write: lines(({ name, version }) => `${name}==${version}`) },
  { family: 'Go', file: 'go.mod', write: goMod },
  { family: 'crates.io', file: 'Cargo.lock', write: cargoLock },
  { family: 'RubyGems', file: 'Gemfile.lock', write: gemfileLock },
  { family: 'Packagist', file: 'composer.lock', write: composerLock },
  { family: 'NuGet', file: 'packages.lock.json', write: nugetLock },
  {
    family: 'Maven',
    file: 'gradle.lockfile',
    write: lines(({ name, version }) => `${name}:${version}=runtimeClasspath`),
  },
];

/** Ecosystems of which lock files are made. */
export const lockFamilies: readonly string[] = forms.map(({ family }) => family);

/** Writes lock files that list every package that a feed speaks of: one for each list of `pinnedOf`. */
export function writeLockFolder(folder: string, feeds: string, family: string): void {
  const form = forms.find((one) => one.family === family);
  if (form === undefined) throw new Error(`No lock file is known for ${family}.`);
  for (const [variant, pinned] of pinnedOf(feeds, family).entries()) {
    const path = join(folder, `${variant}`, form.file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, form.write(pinned));
  }
}

/**
 * Lists of all packages that a feed speaks of, each in one version: where the ranges of its advisories begin, where they
 * end, and versions that they list.
 */
export function pinnedOf(feeds: string, family: string): readonly (readonly Pinned[])[] {
  const versions = [...boundsOf(feeds, family)].map(([name, all]) => ({ name, chosen: chosenOf([...all].sort()) }));
  return Array.from({ length: variants }, (_, variant) =>
    versions.flatMap(({ name, chosen }) => {
      const version = chosen[variant];
      return version === undefined ? [] : [{ name, version }];
    }),
  );
}

function boundsOf(feeds: string, family: string): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>();
  for (const { affected = [] } of recordsOf(feeds, family)) {
    for (const one of affected) {
      if (!one.package?.ecosystem.startsWith(family) || /\s/.test(one.package.name)) continue;
      const events = (one.ranges ?? []).filter(({ type }) => type !== 'GIT').flatMap((range) => range.events);
      const bounds = events.flatMap((event) => [event.introduced, event.fixed, event.last_affected]);
      const listed = one.versions ?? [];
      const some = [0, 0.3, 0.6, 1].map((part) => listed[Math.floor(part * (listed.length - 1))]);
      const known = found.get(one.package.name) ?? new Set();
      for (const version of [...bounds, ...some]) if (version !== undefined && isPlain(version)) known.add(version);
      found.set(one.package.name, known);
    }
  }
  return found;
}

/** A version that each of the forms can hold. */
function isPlain(version: string): boolean {
  return version !== '0' && /^\w[\w.+-]*$/.test(version);
}

/** So many of a list, from its first to its last. */
function chosenOf(all: readonly string[]): readonly string[] {
  if (all.length <= variants) return all;
  return Array.from(
    { length: variants },
    (_, index) => all[Math.round((index * (all.length - 1)) / (variants - 1))] ?? '',
  );
}

function lines(of: (one: Pinned) => string): (pinned: readonly Pinned[]) => string {
  return (pinned) => `${pinned.map(of).join('\n')}\n`;
}

function packageLock(pinned: readonly Pinned[]): string {
  const entries = pinned.map(({ name, version }) => [`node_modules/${name}`, { version }]);
  const dependencies = Object.fromEntries(pinned.map(({ name, version }) => [name, version]));
  const packages = { '': { name: 'app', version: '1.0.0', dependencies }, ...Object.fromEntries(entries) };
  return JSON.stringify({ name: 'app', version: '1.0.0', lockfileVersion: 3, requires: true, packages });
}

function goMod(pinned: readonly Pinned[]): string {
  const modules = pinned.filter(({ name }) => name.includes('.'));
  return `module example.org/app\n\ngo 1.99\n\nrequire (\n${lines(({ name, version }) => `\t${name} v${version}`)(modules)})\n`;
}

function cargoLock(pinned: readonly Pinned[]): string {
  const source = 'registry+https://github.com/rust-lang/crates.io-index';
  const crate = ({ name, version }: Pinned) =>
    `\n[[package]]\nname = "${name}"\nversion = "${version}"\nsource = "${source}"`;
  return `version = 3\n${lines(crate)(pinned)}`;
}

function gemfileLock(pinned: readonly Pinned[]): string {
  const specs = lines(({ name, version }) => `    ${name} (${version})`)(pinned);
  const wanted = lines(({ name }) => `  ${name}`)(pinned);
  return `GEM\n  remote: https://rubygems.org/\n  specs:\n${specs}\nPLATFORMS\n  ruby\n\nDEPENDENCIES\n${wanted}`;
}

function composerLock(pinned: readonly Pinned[]): string {
  return JSON.stringify({ packages: pinned, 'packages-dev': [] });
}

function nugetLock(pinned: readonly Pinned[]): string {
  const entry = ({ name, version }: Pinned) => [name, { type: 'Direct', requested: version, resolved: version }];
  return JSON.stringify({ version: 1, dependencies: { 'net8.0': Object.fromEntries(pinned.map(entry)) } });
}
