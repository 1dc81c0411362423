import { type LanguageEcosystem, osvDump } from '../ecosystem.ts';
import { pypi as face } from './face.ts';
import { pypiLocks } from './locks/index.ts';
import { registryName } from './name.ts';
import { isOfPyPI } from './origin.ts';
import { pypi as reader } from './reader.ts';
import { requiredBy } from './required-by.ts';
import { pep440 } from './scheme.ts';
import { pypiManifest } from './locks/manifest.ts';

export const pypi: LanguageEcosystem = {
  face,
  readers: [reader, pypiLocks, pypiManifest],
  owns: 'listed',
  scheme: pep440,
  registryName,
  requiredBy,
  isSoftware: isOfPyPI,
  advisories: { ecosystem: 'PyPI', feeds: [osvDump('PyPI', 'part')] },
};
