import type { LanguageEcosystem } from '../ecosystem.ts';
import { semver } from '../semver.ts';
import { generic as face } from './face.ts';
import { programs } from './reader.ts';

export const generic: LanguageEcosystem = {
  face,
  readers: [programs],
  owns: 'file',
  scheme: semver,
  advisories: 'none',
};
