import { z } from 'zod';
import { ruleFace } from '#rules/contract.ts';
import { Effect } from '../../contract-effect.ts';
import { effectChoices, effectInWords } from '../../contract-words.ts';

/** Findings that CISA lists as exploited (KEV), or only those known from ransomware. Knows no grace. */
export const kev = ruleFace({
  setting: z.object({ kind: z.literal('kev'), only: z.enum(['listed', 'ransomware']), effect: Effect }),
  name: 'Known exploited',
  about: 'findings that CISA lists as exploited',
  fields: {
    effect: { label: 'Effect', choices: effectChoices },
    only: { label: 'Of the CISA list', choices: { listed: 'all exploited', ransomware: 'used by ransomware' } },
  },
  beginning: { kind: 'kev', only: 'listed', effect: 'block' },
  sentence: ({ effect, only }) =>
    `${effectInWords(effect)} findings that CISA lists as exploited${only === 'ransomware' ? ' by ransomware' : ''}`,
});
