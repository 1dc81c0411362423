import type { Limits } from '#base/index.ts';

/** What bounds the catalog of one image, and what one publisher may keep here. */
export const limits = {
  packages: {
    value: 20_000,
    unit: 'packages',
    per: 'image',
    answer: '400 bad-request; a refused fact',
    why: 'The largest images that are published anywhere hold some 5,000.',
  },
  packagesOfSource: {
    value: 10_000,
    unit: 'packages of one source package',
    per: 'image',
    answer: '400 bad-request; a refused fact',
    why: 'texlive of Fedora is one source with some 6,500 packages.',
  },
  paths: {
    value: 1_000_000,
    unit: 'paths and files of packages',
    per: 'image',
    answer: '400 bad-request; a refused fact',
    why: 'An image of 20 GB with all of CUDA and its documentation holds some 300,000.',
  },
  pathBytes: {
    value: 96 * 1024 * 1024,
    unit: 'characters of paths and files of packages',
    per: 'image',
    answer: '400 bad-request; a refused fact',
  },
  files: {
    value: 10_000,
    unit: 'files that everybody may write, files with capabilities, leftovers, files of package caches',
    per: 'image, each of them',
    answer: 'what decides is kept, or the check is not assessed',
    why: 'A folder of an application with all of its packages, made writable at once.',
  },
  filePathBytes: {
    value: 4 * 1024 * 1024,
    unit: 'characters of their paths',
    per: 'image',
    answer: 'as above',
  },
  unpackedBytes: {
    value: 8 * 1024 ** 3,
    unit: 'bytes of files that scripts look at',
    per: 'scan that may run scripts',
    answer: 'checks by scripts are not assessed',
    why: 'They are laid out in the folder for temporary files (TMPDIR) while scripts run.',
  },
  unpackedEntries: {
    value: 1_000_000,
    unit: 'files, folders and links that scripts look at',
    per: 'scan that may run scripts',
    answer: 'as above',
  },
  unpackedDepth: {
    value: 128,
    unit: 'folders inside folders that scripts look at',
    per: 'scan that may run scripts',
    answer: 'as above',
  },
  scansOfPublisher: {
    value: 10,
    unit: 'scans of one image by one publisher',
    per: 'publisher',
    answer: 'the oldest that do not count are forgotten',
    why: 'Only the newest counts; a few before it show what became otherwise.',
  },
  scansOfSubject: {
    value: 500,
    unit: 'scans of one image',
    per: 'image',
    answer: 'the oldest that do not count are forgotten',
    why: 'Every host that holds the image keeps its newest.',
  },
  publications: {
    value: 5_000,
    unit: 'publications in a day (UTC)',
    per: 'token or user',
    answer: '429 quota-reached',
    why: 'A build every 20 seconds needs fewer.',
  },
  newImages: {
    value: 2_000,
    unit: 'publications of what nobody scanned before, in a day (UTC)',
    per: 'token or user',
    answer: '429 quota-reached',
    why: 'Each is kept, matched and judged for as long as scans are kept.',
  },
} as const satisfies Limits;
