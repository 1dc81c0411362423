import { type LanguageEcosystem, osvDump } from '../ecosystem.ts';
import { nuget as face } from './face.ts';
import { nugetLocks } from './locks.ts';
import { nugetProjects } from './projects.ts';
import { nuget as reader } from './reader.ts';
import { nuget as scheme } from './scheme.ts';

export const nuget: LanguageEcosystem = {
  face,
  readers: [reader, nugetLocks, nugetProjects],
  owns: 'file',
  scheme,
  advisories: { ecosystem: 'NuGet', feeds: [osvDump('NuGet', 'part')] },
};
