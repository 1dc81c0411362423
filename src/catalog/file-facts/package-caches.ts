/** Folders in which package managers keep lists and packages for their next run, and which of their files those are. */
const caches: readonly { readonly folder: string; readonly holds: RegExp }[] = [
  { folder: 'var/lib/apt/lists/', holds: /(?:Packages|Sources|Release|Contents|Translation-\w+|\.gpg)(?:\.\w+)?$/ },
  { folder: 'var/cache/apt/', holds: /\.(?:deb|bin)$/ },
  { folder: 'var/cache/apk/', holds: /\.(?:apk|tar\.gz)$/ },
  { folder: 'etc/apk/cache/', holds: /\.(?:apk|tar\.gz)$/ },
  ...['dnf', 'libdnf5', 'yum', 'zypp', 'tdnf'].map((name) => ({
    folder: `var/cache/${name}/`,
    holds: /\.(?:rpm|solvx?|xml|gz|xz|zst|zck|bz2|sqlite)$/,
  })),
  { folder: 'var/cache/pacman/pkg/', holds: /\.pkg\.tar\.\w+$/ },
  { folder: 'var/lib/pacman/sync/', holds: /\.db$/ },
];

/** Whether a file that is not empty is a package list or a downloaded package of a package manager. */
export function isPackageCache(path: string): boolean {
  if (!path.startsWith('var/') && !path.startsWith('etc/')) return false;
  return caches.some(({ folder, holds }) => path.startsWith(folder) && holds.test(path));
}
