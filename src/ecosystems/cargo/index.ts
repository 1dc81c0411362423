import { type LanguageEcosystem, osvDump } from '../ecosystem.ts';
import { semver } from '../semver.ts';
import { cargo as face } from './face.ts';
import { cargoLock, isOfCratesIo } from './lock.ts';
import { cargo as reader, isOfRegistry } from './reader.ts';
import { cargoManifest } from './manifest.ts';

export const cargo: LanguageEcosystem = {
  face,
  readers: [reader, cargoLock, cargoManifest],
  owns: 'file',
  scheme: semver,
  isSoftware: (one) => isOfRegistry(one) && isOfCratesIo(one),
  advisories: { ecosystem: 'crates.io', feeds: [osvDump('crates.io', 'whole')] },
};
