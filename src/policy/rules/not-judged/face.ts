import { z } from 'zod';
import { ruleFace } from '#rules/contract.ts';
import { DoubtEffect } from '../../contract-effect.ts';
import { doubtChoices, effectInWords, elseInWords } from '../../contract-words.ts';

/**
 * Packages of which nobody can say whether advisories speak of them: no feed does, or a version cannot be read or is not
 * known. `unidentified`: files that may hold a package and name none, such as an application's own archives; missing: they
 * alert. A policy without this rule treats such packages as its rule for incomplete scans says.
 */
export const notJudged = ruleFace({
  setting: z.object({
    kind: z.literal('not-judged'),
    effect: DoubtEffect,
    unidentified: DoubtEffect.optional(),
  }),
  name: 'Not judged',
  about: 'packages without advisory data',
  fields: {
    effect: { label: 'Effect', choices: doubtChoices },
    unidentified: { label: 'Unidentified files', choices: doubtChoices, unset: 'alert' },
  },
  beginning: { kind: 'not-judged', effect: 'cannot-judge' },
  sentence: ({ effect, unidentified = 'alert' }) =>
    `${effectInWords(effect)} packages without advisory data${elseInWords(unidentified, 'unidentified files')}`,
});
