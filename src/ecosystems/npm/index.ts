import { type LanguageEcosystem, osvDump } from '../ecosystem.ts';
import { semver } from '../semver.ts';
import { applications, isOfRegistry } from './application.ts';
import { npm as face } from './face.ts';
import { npm as reader } from './reader.ts';

export const npm: LanguageEcosystem = {
  face,
  readers: [reader, applications],
  owns: 'folder',
  scheme: semver,
  isSoftware: isOfRegistry,
  advisories: { ecosystem: 'npm', feeds: [osvDump('npm', 'part')] },
};
