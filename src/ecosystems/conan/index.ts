import type { LanguageEcosystem } from '../ecosystem.ts';
import { semver } from '../semver.ts';
import { conan as face } from './face.ts';
import { conan as reader } from './reader.ts';
import { conanManifest } from './manifest.ts';

/** Nobody publishes advisories that name its packages. */
export const conan: LanguageEcosystem = {
  face,
  readers: [reader, conanManifest],
  owns: 'listed',
  scheme: semver,
  advisories: 'none',
};
