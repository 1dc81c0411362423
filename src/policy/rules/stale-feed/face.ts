import { z } from 'zod';
import { counted } from '#base/index.ts';
import { ruleFace } from '#rules/contract.ts';
import { DoubtEffect } from '../../contract-effect.ts';
import { doubtChoices, effectInWords } from '../../contract-words.ts';

/** Feeds, of the ecosystems that the subject holds, whose own date is older than `days`. */
export const staleFeed = ruleFace({
  setting: z.object({ kind: z.literal('stale-feed'), days: z.int().min(1), effect: DoubtEffect }),
  name: 'Stale feed',
  about: 'old feeds',
  fields: {
    effect: { label: 'Effect', choices: doubtChoices },
    days: { label: 'Older than', unit: 'days' },
  },
  beginning: { kind: 'stale-feed', days: 7, effect: 'cannot-judge' },
  sentence: ({ effect, days }) => `${effectInWords(effect)} feeds older than ${counted(days, 'day')}`,
});
