import { type LanguageEcosystem, osvDump } from '../ecosystem.ts';
import { semver } from '../semver.ts';
import { cargo as face } from './face.ts';
import { cargo as reader, isOfRegistry } from './reader.ts';

export const cargo: LanguageEcosystem = {
  face,
  readers: [reader],
  owns: 'file',
  scheme: semver,
  isSoftware: isOfRegistry,
  advisories: { ecosystem: 'crates.io', feeds: [osvDump('crates.io', 'whole')] },
};
