import type { SystemEcosystem } from '../ecosystem.ts';
import { almalinux } from './almalinux.ts';
import { amazon } from './amazon.ts';
import { azureLinux } from './azure-linux.ts';
import { contentSets } from './content-sets.ts';
import { rpm as face } from './face.ts';
import { oracle } from './oracle.ts';
import { photon } from './photon.ts';
import { rpm as reader } from './reader.ts';
import { centOs, redHat } from './red-hat.ts';
import { rocky } from './rocky.ts';
import { rpm as scheme } from './scheme.ts';
import { openSuse, suse } from './suse.ts';
import { unjudged } from './unjudged.ts';

export const rpm: SystemEcosystem = {
  face,
  readers: [reader, contentSets],
  owns: 'listed',
  scheme,
  distributions: [almalinux, azureLinux, redHat, centOs, rocky, oracle, amazon, suse, openSuse, photon, ...unjudged],
  // Keys that its database lists like packages.
  isSoftware: ({ name }) => name !== 'gpg-pubkey',
  withoutProgram({ name, source }) {
    if (/^kernel-(?:[\w-]+-)?(?:headers|doc)$/.test(name)) return headers;
    if (
      source?.name === 'glibc' &&
      /^glibc-(?:langpack-|all-langpacks$|minimal-langpack$|locale-|doc$|i18n)/.test(name)
    )
      return locales;
    return undefined;
  },
};

const headers = 'It holds headers or texts of the kernel, and no kernel.';
const locales = 'It holds data of languages, and nothing of the C library that runs.';
