import type { Limits } from '#base/index.ts';
import learning from './learning-1.json' with { type: 'json' };

/** What one agent, one model and one host may bring into models and incidents. */
export const limits = {
  entriesOfHost: {
    value: 5_000,
    unit: 'entries that it brought into one model',
    per: 'host',
    answer: 'The entries beyond are not stored; an incident names the host and how many.',
    why: 'A model of a busy application has a few hundred.',
  },
  entriesOfModel: {
    value: learning.mostEntries,
    unit: 'entries',
    per: 'model',
    answer: 'The entries beyond are not stored; an incident names the host and how many.',
  },
  reviewQueue: {
    value: learning.mostInReview,
    unit: 'entries that wait for a person',
    per: 'model',
    answer: 'The entries beyond are not stored; an incident names the host and how many.',
  },
  entriesOfDecision: {
    value: 500,
    unit: 'entries of a model',
    per: 'decision',
    answer: '400 bad-request, which says to decide about one group at a time.',
    why: 'Each is named in one entry of the audit trail.',
  },
  armedOfHost: {
    value: 10_000,
    unit: 'containers of which it is kept how they are armed',
    per: 'host',
    answer: 'The oldest beyond are forgotten; those containers are shown as unknown.',
    why: 'A sensor watches 4,096 at once.',
  },
  codeOfHost: {
    value: 128,
    unit: 'MiB of statements about running code',
    per: 'host',
    answer: 'The oldest beyond are forgotten; the host can be asked again.',
    why: 'Some 20 KiB each, of the newest of each container.',
  },
  filesOfTables: {
    value: 16_777_216,
    unit: 'files of images in the kernel, 32 bytes each',
    per: 'sensor',
    answer: 'The table is refused, with the reason; the container is shown without it.',
    why: '512 MB, for some 80 images of 200,000 files.',
  },
  filesOfTable: {
    value: 4_194_303,
    unit: 'files in the kernel',
    per: 'image',
    answer: 'The table is refused, with the reason; the container is shown without it.',
  },
  tables: {
    value: 1_024,
    unit: 'tables of images',
    per: 'sensor',
    answer: 'The table is refused, with the reason; the container is shown without it.',
  },
  policies: {
    value: 1_024,
    unit: 'policies',
    per: 'sensor',
    answer: 'The policy is refused, with the reason; the one before it holds.',
  },
  edges: {
    value: 131_072,
    unit: 'pairs of program and caller, their applets, and tools, of all policies',
    per: 'sensor',
    answer: 'The policy is refused, with the reason; the one before it holds.',
  },
  knownCopies: {
    value: 65_536,
    unit: 'files outside of images whose content is allowed',
    per: 'sensor',
    answer: 'A library is refused; a program starts all the same.',
  },
  knownCopiesOfContainer: {
    value: 8_192,
    unit: 'files outside of its image whose content is allowed',
    per: 'container',
    answer: 'The oldest is asked about again when it is opened.',
  },
  archiveBytes: {
    value: 1024 ** 3,
    unit: 'bytes',
    per: 'Java archive of an image whose libraries are looked for',
    answer: "Its libraries are unknown: unpacked at run time, they are code that is not the image's. It is logged.",
  },
  archivesBytes: {
    value: 4 * 1024 ** 3,
    unit: 'bytes of such archives, and bytes of all that is unpacked of them',
    per: 'image',
    answer: 'as above, for the archives behind it',
    why: 'An image whose archives unpack to more than any disk holds has its index all the same.',
  },
  archiveEntries: {
    value: 1_000_000,
    unit: 'entries of such archives, those inside them included',
    per: 'image',
    answer: 'as above, for the archives behind it',
  },
  packedLibraries: {
    value: 4096,
    unit: 'libraries inside Java archives',
    per: 'image',
    answer: 'as above, for the others',
    why: 'A large application server brings some 200.',
  },
  indexMegabytes: {
    value: 1_536,
    unit: 'MiB of heap',
    per: 'process that makes the index of an image',
    answer: 'The image has no index, which is logged; another try follows after ten minutes.',
  },
  incidentsOfHost: {
    value: 100,
    unit: 'new incidents in an hour',
    per: 'host',
    answer: 'Further detections of the hour are one incident of the host, with their number.',
    why: 'More is read by nobody, and each costs a page and a notice.',
  },
} as const satisfies Limits;
