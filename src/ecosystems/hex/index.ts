import type { LanguageEcosystem } from '../ecosystem.ts';
import { semver } from '../semver.ts';
import { hex as face } from './face.ts';
import { hex as reader } from './reader.ts';
import { hexManifest } from './manifest.ts';

/** Its advisories were not at hand to test with. */
export const hex: LanguageEcosystem = {
  face,
  readers: [reader, hexManifest],
  owns: 'listed',
  scheme: semver,
  advisories: 'none',
};
