import type { SystemEcosystem } from '../ecosystem.ts';
import { alpm as face } from './face.ts';
import { pacman } from './reader.ts';
import { alpm as scheme } from './scheme.ts';

export const alpm: SystemEcosystem = {
  face,
  readers: [pacman],
  owns: 'listed',
  scheme,
  // Arch publishes its advisories by groups of packages of the day, in no feed that is read. It has no releases.
  distributions: [
    {
      ids: { arch: 'arch' },
      label: 'Arch Linux',
      ecosystems: () => [],
      lookups: () => [],
      feeds: [],
      endOfLife: {},
    },
  ],
};
