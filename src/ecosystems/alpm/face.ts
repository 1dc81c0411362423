import type { Face } from '../face.ts';

/** Packages of pacman, of Arch Linux and its kin (https://man.archlinux.org/man/pacman.8). */
export const alpm: Face<'system'> = {
  id: 'alpm',
  kind: 'system',
  label: 'pacman package',
  splitName: (name) => ({ own: name }),
  purl: ({ name, version, architecture }, vendor) => ({
    namespace: vendor,
    name,
    version,
    qualifiers: { arch: architecture },
  }),
  nameOf: (_, name) => name,
};
