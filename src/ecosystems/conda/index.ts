import type { LanguageEcosystem } from '../ecosystem.ts';
import { semver } from '../semver.ts';
import { conda as face } from './face.ts';
import { conda as reader } from './reader.ts';

/** Nobody publishes advisories for its packages. Those of Python that it brings are found by themselves. */
export const conda: LanguageEcosystem = {
  face,
  readers: [reader],
  owns: 'listed',
  scheme: semver,
  advisories: 'none',
};
