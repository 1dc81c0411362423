import { z } from 'zod';
import { ruleFace } from '#rules/contract.ts';
import { DoubtEffect } from '../../contract-effect.ts';
import { doubtChoices, effectInWords } from '../../contract-words.ts';

/** Subjects with no scan, or no vulnerability database to match it with. */
export const unscanned = ruleFace({
  setting: z.object({ kind: z.literal('unscanned'), effect: DoubtEffect }),
  name: 'Not scanned',
  about: 'images without a scan',
  fields: { effect: { label: 'Effect', choices: doubtChoices } },
  beginning: { kind: 'unscanned', effect: 'cannot-judge' },
  sentence: ({ effect }) =>
    effect === 'cannot-judge' ? 'Unscanned images: no verdict' : `${effectInWords(effect)} unscanned images`,
});
