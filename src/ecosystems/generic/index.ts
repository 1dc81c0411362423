import type { LanguageEcosystem } from '../ecosystem.ts';
import { semver } from '../semver.ts';
import { generic as face } from './face.ts';
import { libraries } from './libraries.ts';
import { programs } from './reader.ts';

export const generic: LanguageEcosystem = {
  face,
  readers: [programs, libraries],
  owns: 'file',
  scheme: semver,
  advisories: 'none',
};
