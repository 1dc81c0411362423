import { z } from 'zod';
import { ruleFace } from '#rules/contract.ts';
import { DoubtEffect } from '../../contract-effect.ts';
import { doubtChoices, effectInWords } from '../../contract-words.ts';

/** Scans that did not see everything. `cannot-judge` withholds the verdict. */
export const incompleteScan = ruleFace({
  setting: z.object({ kind: z.literal('incomplete-scan'), effect: DoubtEffect }),
  name: 'Incomplete scan',
  about: 'incomplete scans',
  fields: { effect: { label: 'Effect', choices: doubtChoices } },
  beginning: { kind: 'incomplete-scan', effect: 'cannot-judge' },
  sentence: ({ effect }) => `${effectInWords(effect)} incomplete scans`,
});
