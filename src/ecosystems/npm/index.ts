import { type LanguageEcosystem, osvDump } from '../ecosystem.ts';
import { semver } from '../semver.ts';
import { applications, isOfRegistry } from './application.ts';
import { isListedOfRegistry } from './evidence.ts';
import { npm as face } from './face.ts';
import { lockFiles } from './lock-files.ts';
import { npm as reader } from './reader.ts';
import { requiredBy } from './required-by.ts';
import { yarnPnp } from './yarn-pnp.ts';
import { npmManifest } from './asked.ts';

export const npm: LanguageEcosystem = {
  face,
  readers: [reader, applications, lockFiles, yarnPnp, npmManifest],
  owns: 'folder',
  scheme: semver,
  requiredBy,
  isSoftware: (one) => isOfRegistry(one) && isListedOfRegistry(one),
  advisories: { ecosystem: 'npm', feeds: [osvDump('npm', 'part')] },
};
