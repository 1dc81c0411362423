import { type LanguageEcosystem, osvDump } from '../ecosystem.ts';
import { semver } from '../semver.ts';
import { golang as face } from './face.ts';
import { golang as reader } from './reader.ts';

export const golang: LanguageEcosystem = {
  face,
  readers: [reader],
  owns: 'file',
  scheme: semver,
  advisories: { ecosystem: 'Go', feeds: [osvDump('Go', 'whole')] },
};
