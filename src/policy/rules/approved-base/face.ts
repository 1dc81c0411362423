import { z } from 'zod';
import { Slug } from '#access/contract.ts';
import { counted } from '#base/index.ts';
import { ruleFace } from '#rules/contract.ts';
import { Effect, UnknownEffect } from '../../contract-effect.ts';
import { effectChoices, effectInWords, unknownChoices, unknownInWords } from '../../contract-words.ts';

/** Images that begin with the layers of none of the named bases. */
export const approvedBase = ruleFace({
  setting: z.object({
    kind: z.literal('approved-base'),
    /** Ids of approved bases. */
    bases: z.array(Slug).min(1).max(100),
    unknown: UnknownEffect,
    effect: Effect,
  }),
  name: 'Approved base',
  about: 'images that are not built on an approved base',
  fields: {
    effect: { label: 'Effect', choices: effectChoices },
    unknown: { label: 'Not known', choices: unknownChoices },
    bases: { label: 'Approved bases', control: 'approved-bases', missing: 'Choose a base.' },
  },
  beginning: { kind: 'approved-base', bases: [], unknown: 'block', effect: 'block' },
  sentence: (rule) => `${effectInWords(rule.effect)} images ${basesInWords(rule.bases)}${unknownInWords(rule)}`,
});

function basesInWords([base, ...others]: readonly string[]): string {
  if (base === undefined) return 'not built on a chosen base';
  return others.length === 0 ? `not built on ${base}` : `not built on any of ${counted(others.length + 1, 'base')}`;
}
