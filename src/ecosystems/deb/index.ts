import type { SystemEcosystem } from '../ecosystem.ts';
import { debian } from './debian.ts';
import { deb as face } from './face.ts';
import { dpkg } from './reader.ts';
import { deb as scheme } from './scheme.ts';
import { ubuntu } from './ubuntu.ts';

export const deb: SystemEcosystem = {
  face,
  readers: [dpkg],
  owns: 'listed',
  scheme,
  distributions: [debian, ubuntu],
  withoutProgram({ name, source }) {
    if (/^linux(?:-|$)/.test(source?.name ?? '') && /^linux-(?:libc-dev|headers-|kbuild-|doc|source)/.test(name))
      return headers;
    if (source?.name === 'glibc' && /^(?:locales|locales-all|libc-l10n|glibc-doc)$/.test(name)) return locales;
    return undefined;
  },
};

const headers = 'It holds headers, sources or texts of the kernel, and no kernel.';
const locales = 'It holds data of languages or texts, and nothing of the C library that runs.';
