import type { LanguageEcosystem } from '../ecosystem.ts';
import { semver } from '../semver.ts';
import { pub as face } from './face.ts';
import { pub as reader } from './reader.ts';
import { pubManifest } from './manifest.ts';

/** Its advisories were not at hand to test with. */
export const pub: LanguageEcosystem = {
  face,
  readers: [reader, pubManifest],
  owns: 'listed',
  scheme: semver,
  advisories: 'none',
};
