import { type LanguageEcosystem, osvDump } from '../ecosystem.ts';
import { semver } from '../semver.ts';
import { golang as face } from './face.ts';
import { golang as reader } from './reader.ts';
import { goSources } from './sources.ts';

export const golang: LanguageEcosystem = {
  face,
  readers: [reader, goSources],
  owns: 'file',
  scheme: semver,
  advisories: { ecosystem: 'Go', feeds: [osvDump('Go', 'whole')] },
};
