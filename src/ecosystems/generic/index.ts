import { type LanguageEcosystem, osvDump } from '../ecosystem.ts';
import { semver } from '../semver.ts';
import { generic as face } from './face.ts';
import { installedProducts } from './installed/index.ts';
import { javaNames, javaVersion } from './installed/java.ts';
import { knownPrograms } from './known.ts';
import { libraries } from './libraries.ts';
import { programs } from './reader.ts';

const names = new Map([
  ...knownPrograms.flatMap(({ name, advisories }) => (advisories === undefined ? [] : [[name, advisories] as const])),
  ...javaNames.map((name) => [name, 'java'] as const),
]);

/** Bitnami speaks of the upstream versions of what it packages, by the ranges that NVD and the projects state. */
export const generic: LanguageEcosystem = {
  face,
  readers: [programs, libraries, installedProducts],
  owns: 'file',
  scheme: semver,
  advisories: { ecosystem: 'Bitnami', feeds: [osvDump('Bitnami', 'whole')], names, version: javaVersion },
  isLeftToOwner: true,
};
