import type { Analyzer } from '#ecosystems/index.ts';

/** Where a package database lies, whether or not an analyzer reads it. */
export interface PackageDatabase {
  readonly id: string;
  /** For people: `packages of Arch Linux (pacman)`. */
  readonly holds: string;
  readonly pattern: RegExp;
  /** A distribution may ship what it installs; then its own package database speaks for it. */
  readonly ofLanguage: boolean;
}

/** Databases by their signs. One that an analyzer reads is no fault, so a new analyzer needs no change here. */
export const packageDatabases: readonly PackageDatabase[] = [
  system('pacman', 'packages of Arch Linux (pacman)', /^var\/lib\/pacman\/local\/[^/]+\/desc$/),
  system('portage', 'packages of Gentoo (portage)', /^var\/db\/pkg\/[^/]+\/[^/]+\/CONTENTS$/),
  system('opkg', 'packages of OpenWrt (opkg)', /^(?:usr|var|opt)\/lib\/opkg\/status$/),
  system('nix', 'packages of Nix', /^nix\/(?:var\/nix\/db\/db\.sqlite$|store\/[0-9a-z]{32}-[^/]+\/)/),
  system('guix', 'packages of Guix', /^var\/guix\/db\/db\.sqlite$/),
  system('chisel', 'slices of Ubuntu (chisel)', /^var\/lib\/chisel\/manifest\.wall$/),
  system('xbps', 'packages of Void Linux (xbps)', /^var\/db\/xbps\/pkgdb-[^/]+\.plist$/),
  system('slackware', 'packages of Slackware', /^var\/(?:lib\/pkgtools|log)\/packages\/[^/]+$/),
  system('snap', 'snaps', /^var\/lib\/snapd\/snaps\/[^/]+\.snap$/),
  system('flatpak', 'flatpaks', /^var\/lib\/flatpak\/(?:app|runtime)\/[^/]+\/[^/]+\/[^/]+\/[^/]+\/metadata$/),
  language('python', 'Python packages', /(?:\.dist-info\/METADATA|\.egg-info(?:\/PKG-INFO)?)$/),
  language('conda', 'Conda packages', /(?:^|\/)conda-meta\/[^/]+\.json$/),
  language('ruby', 'Ruby gems', /(?:^|\/)specifications\/(?:default\/)?[^/]+\.gemspec$/),
  language('php', 'Composer packages', /(?:^|\/)vendor\/composer\/installed\.json$/),
  language('dotnet', '.NET packages', /\.deps\.json$/),
];

/** The database that a path belongs to and none of these analyzers reads. */
export function unreadDatabase(path: string, analyzers: readonly Analyzer[]): PackageDatabase | undefined {
  const database = packageDatabases.find(({ pattern }) => pattern.test(path));
  if (database === undefined) return undefined;
  return analyzers.some((analyzer) => analyzer.wants(path, 1, 0o644)) ? undefined : database;
}

function system(id: string, holds: string, pattern: RegExp): PackageDatabase {
  return { id, holds, pattern, ofLanguage: false };
}

function language(id: string, holds: string, pattern: RegExp): PackageDatabase {
  return { id, holds, pattern, ofLanguage: true };
}
