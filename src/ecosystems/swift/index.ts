import type { LanguageEcosystem } from '../ecosystem.ts';
import { semver } from '../semver.ts';
import { swift as face } from './face.ts';
import { swift as reader } from './reader.ts';
import { swiftManifest } from './manifest.ts';

/** Its advisories were not at hand to test with. */
export const swift: LanguageEcosystem = {
  face,
  readers: [reader, swiftManifest],
  owns: 'listed',
  scheme: semver,
  advisories: 'none',
};
