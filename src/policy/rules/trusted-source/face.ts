import { z } from 'zod';
import { line } from '#http/fields.ts';
import { ruleFace } from '#rules/contract.ts';
import { Effect, UnknownEffect } from '../../contract-effect.ts';
import { effectChoices, effectInWords, unknownChoices, unknownInWords } from '../../contract-words.ts';

/** Images that no trusted registry is proven to hold. */
export const trustedSource = ruleFace({
  setting: z.object({
    kind: z.literal('trusted-source'),
    /**
     * Registries and repositories that images may come from: `registry.example/team` and what lies below, `*` for one
     * whole part of the path. Missing: every trusted registry.
     */
    from: z.array(line(512).min(1)).min(1).max(200).optional(),
    unknown: UnknownEffect,
    effect: Effect,
  }),
  name: 'Trusted source',
  about: 'images that are not from a trusted registry',
  fields: {
    effect: { label: 'Effect', choices: effectChoices },
    unknown: { label: 'Not known', choices: unknownChoices },
    from: {
      label: 'From',
      help: 'Registries or repositories, one per line. Empty: any trusted registry.',
      example: 'registry.example/team',
      form: 'code',
      missing: 'A line is empty.',
    },
  },
  beginning: { kind: 'trusted-source', unknown: 'block', effect: 'block' },
  sentence: (rule) =>
    `${effectInWords(rule.effect)} images not from ${(rule.from ?? ['a trusted registry']).join(' or ')}${unknownInWords(rule)}`,
});
