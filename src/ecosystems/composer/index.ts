import { type LanguageEcosystem, osvDump } from '../ecosystem.ts';
import { composer as face } from './face.ts';
import { isOfRegistry } from './list.ts';
import { composer as reader, composerLock } from './reader.ts';
import { composer as scheme } from './scheme.ts';
import { composerManifest } from './manifest.ts';

const drupal = 'Packagist:https://packages.drupal.org/8';

export const composer: LanguageEcosystem = {
  face,
  readers: [reader, composerLock, composerManifest],
  owns: 'file',
  scheme,
  isSoftware: isOfRegistry,
  advisories: {
    ecosystem: 'Packagist',
    also: (name) => (name.toLowerCase().startsWith('drupal/') ? [drupal] : []),
    feeds: [osvDump('Packagist', 'part')],
  },
};
