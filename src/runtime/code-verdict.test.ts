import { expect, test } from 'vitest';
import { codeVerdictOf } from './code-verdict.ts';
import { testStatement } from './testing.ts';

test.each([
  ['proven', {}, '143 mappings in 2 processes: all of this image, none other since 2026-11-24 12:03:00 UTC.'],
  [
    'proven',
    { anonymous: 7, stopped: 3, counts: { image: 40, unlisted: 0, allowed: 1, other: 0 } },
    '143 mappings in 2 processes: all of this image but 1 that is allowed, none other since 2026-11-24 12:03:00 UTC, what else was tried was stopped. Beside them 7 executable mappings of memory.',
  ],
  [
    'other',
    { counts: { image: 40, unlisted: 2, allowed: 0, other: 1 } },
    '143 mappings in 2 processes: 1 file is not of this image.',
  ],
  [
    'other',
    { passed: 1 },
    '143 mappings in 2 processes: other code was mapped and let through since 2026-11-24 12:03:00 UTC.',
  ],
  ['incomplete', { since: undefined }, '143 mappings in 2 processes: no mechanism of its host judges mappings.'],
  ['incomplete', { image: undefined }, '143 mappings in 2 processes: its image is not known.'],
  ['incomplete', { unjudged: 4 }, '143 mappings in 2 processes: mappings were made before there was a policy to ask.'],
  [
    'incomplete',
    { counts: { image: 40, unlisted: 2, allowed: 0, other: 0 } },
    '143 mappings in 2 processes: 2 files of its layers are not listed by its scan.',
  ],
  ['incomplete', { untold: 5 }, '143 mappings in 2 processes: nothing is known of 5 more files.'],
  ['incomplete', { mappings: 0, processes: 0 }, '0 mappings in 0 processes: no mapping of a file was found.'],
] as const)('%s by %j', (kind, changes, sentence) => {
  const { since, image, ...rest } = { ...testStatement(), ...changes };
  const statement = { ...rest, ...(since !== undefined && { since }), ...(image !== undefined && { image }) };
  expect(codeVerdictOf(statement)).toEqual({ kind, sentence });
});
