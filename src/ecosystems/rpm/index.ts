import type { SystemEcosystem } from '../ecosystem.ts';
import { almalinux } from './almalinux.ts';
import { azureLinux } from './azure-linux.ts';
import { rpm as face } from './face.ts';
import { rpm as reader } from './reader.ts';
import { redHat } from './red-hat.ts';
import { rpm as scheme } from './scheme.ts';
import { unjudged } from './unjudged.ts';

export const rpm: SystemEcosystem = {
  face,
  readers: [reader],
  owns: 'listed',
  scheme,
  distributions: [almalinux, azureLinux, redHat, ...unjudged],
  // Keys that its database lists like packages.
  isSoftware: ({ name }) => name !== 'gpg-pubkey',
};
