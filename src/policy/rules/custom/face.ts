import { z } from 'zod';
import { line } from '#http/fields.ts';
import { ruleFace } from '#rules/contract.ts';
import { Effect } from '../../contract-effect.ts';
import { effectChoices, effectInWords } from '../../contract-words.ts';
import { limits } from '../../limits.ts';

/**
 * An expression of one's own in CEL (Common Expression Language), true where the rule is broken. `finding`: evaluated
 * for each finding, which it sees as `finding`; `image`: once. Both see `image`. An expression that fails while it is
 * evaluated withholds the verdict.
 */
export const custom = ruleFace({
  setting: z.object({
    kind: z.literal('custom'),
    on: z.enum(['finding', 'image']),
    expression: z.string().min(1).max(limits.expressionCharacters.value),
    message: line(500).min(1),
    effect: Effect,
  }),
  name: 'Own expression',
  about: 'an expression of your own (CEL)',
  fields: {
    effect: { label: 'Effect', choices: effectChoices },
    on: { label: 'Asked of', choices: { finding: 'each finding', image: 'the image once' } },
    expression: {
      label: 'Expression: true where the rule is broken',
      control: 'expression',
      missing: 'The expression is missing.',
    },
    message: { label: 'What is wrong then', missing: 'Say what is wrong when it is true.' },
  },
  beginning: { kind: 'custom', on: 'finding', expression: '', message: '', effect: 'alert' },
  sentence: ({ effect, on, message }) =>
    `${effectInWords(effect)} ${on === 'image' ? 'images' : 'findings'} where: ${message}`,
});
