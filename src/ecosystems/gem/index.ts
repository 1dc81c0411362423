import { type LanguageEcosystem, osvDump } from '../ecosystem.ts';
import { gem as face } from './face.ts';
import { gemLock, isOfRegistry } from './lock.ts';
import { gem as reader } from './reader.ts';
import { gem as scheme } from './scheme.ts';
import { gemManifest } from './manifest.ts';

export const gem: LanguageEcosystem = {
  face,
  readers: [reader, gemLock, gemManifest],
  owns: 'file',
  scheme,
  isSoftware: isOfRegistry,
  advisories: { ecosystem: 'RubyGems', feeds: [osvDump('RubyGems', 'whole')] },
};
