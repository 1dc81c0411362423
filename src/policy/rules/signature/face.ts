import { z } from 'zod';
import { Slug } from '#access/contract.ts';
import { counted } from '#base/index.ts';
import { ruleFace } from '#rules/contract.ts';
import { Effect, UnknownEffect } from '../../contract-effect.ts';
import { effectChoices, effectInWords, unknownChoices, unknownInWords } from '../../contract-words.ts';

/** Images that the named keys did not sign. */
export const signature = ruleFace({
  setting: z.object({
    kind: z.literal('signature'),
    /** Ids of signing keys. */
    keys: z.array(Slug).min(1).max(100),
    need: z.enum(['any', 'all']),
    unknown: UnknownEffect,
    effect: Effect,
  }),
  name: 'Signature',
  about: 'images that are not signed by your keys',
  fields: {
    effect: { label: 'Effect', choices: effectChoices },
    unknown: { label: 'Not known', choices: unknownChoices },
    need: { label: 'Signed by', choices: { any: 'any of these keys', all: 'all of these keys' } },
    keys: { label: 'Signing keys', control: 'signing-keys', missing: 'Choose a key.' },
  },
  beginning: { kind: 'signature', keys: [], need: 'any', unknown: 'block', effect: 'block' },
  sentence: (rule) => `${effectInWords(rule.effect)} images ${signersInWords(rule)}${unknownInWords(rule)}`,
});

interface Signers {
  readonly keys: readonly string[];
  readonly need: 'any' | 'all';
}

/** One key is named; before one is chosen there is none to name. */
function signersInWords({ keys: [key, ...others], need }: Signers): string {
  if (key === undefined) return 'not signed by a chosen key';
  if (others.length === 0) return `not signed by ${key}`;
  return `not signed by ${need === 'all' ? 'all' : 'any'} of ${counted(others.length + 1, 'key')}`;
}
