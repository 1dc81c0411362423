import { type LanguageEcosystem, osvDump } from '../ecosystem.ts';
import { semver } from '../semver.ts';
import { npm as face } from './face.ts';
import { npm as reader } from './reader.ts';

export const npm: LanguageEcosystem = {
  face,
  readers: [reader],
  owns: 'folder',
  scheme: semver,
  advisories: { ecosystem: 'npm', feeds: [osvDump('npm', 'part')] },
};
