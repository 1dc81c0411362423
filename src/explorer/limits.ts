import type { Limits } from '#base/index.ts';

/** What bounds those who read the pages. */
export const limits = {
  liveViews: {
    value: 200,
    unit: 'views',
    per: 'console',
    answer: 'the stream of live events ends',
    why: 'Pages of users who may see the same share a view; each view looks at each event once.',
  },
  evidencePackage: {
    value: 50 * 1024 * 1024,
    unit: 'bytes',
    per: 'package of evidence',
    answer: '422 too-costly',
    why: 'It holds each distinct answer and document once: 10,000 containers in 400 configurations fit.',
  },
  evidencePackages: { value: 1, unit: 'packages of evidence at once', per: 'user or token', answer: '429 busy' },
  evidenceRows: {
    value: 300_000,
    unit: 'rows of the evidence log',
    per: 'package of evidence',
    answer: '422 too-costly',
  },
  attestations: {
    value: 2000,
    unit: 'attestations',
    per: 'console',
    answer: 'bad-request',
    why: 'A page shows them all, the newest first.',
  },
  importedBytes: {
    value: 32 * 1024 * 1024,
    unit: 'bytes, unpacked',
    per: 'imported result of OpenSCAP',
    answer: '413',
    why: 'An ARF file of a whole benchmark of Red Hat has some 20 MiB.',
  },
  importedDepth: { value: 100, unit: 'levels of XML', per: 'imported result of OpenSCAP', answer: 'bad-request' },
  importedElements: { value: 1_000_000, unit: 'elements', per: 'imported result of OpenSCAP', answer: 'bad-request' },
  importedRules: { value: 10_000, unit: 'results of rules', per: 'imported result of OpenSCAP', answer: 'bad-request' },
  importedIdents: { value: 20, unit: 'names', per: 'rule of an imported result', answer: 'bad-request' },
  importedTargets: {
    value: 20,
    unit: 'names of the target',
    per: 'imported result of OpenSCAP',
    answer: 'bad-request',
  },
  importedVersions: {
    value: 5,
    unit: 'imported results',
    per: 'host or image, benchmark and profile',
    answer: 'the oldest scan makes room',
    why: 'The evidence log keeps that it was there, and the hash of its file.',
  },
  importedResults: { value: 2000, unit: 'imported results', per: 'console', answer: '409 limit-reached' },
  importedStored: {
    value: 2 * 1024 * 1024 * 1024,
    unit: 'bytes of imported files, packed',
    per: 'console',
    answer: '409 limit-reached',
  },
  importedInPackage: {
    value: 24 * 1024 * 1024,
    unit: 'bytes of imported files, the newest scans first',
    per: 'package of evidence',
    answer: 'the cover says how many files are left out',
  },
} as const satisfies Limits;
