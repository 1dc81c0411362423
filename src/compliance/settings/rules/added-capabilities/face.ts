import { z } from 'zod';
import { line } from '#http/fields.ts';
import { ruleFace } from '#rules/contract.ts';
import { ComplianceEffect, complianceEffects } from '../../../contract-effect.ts';

/** Capabilities beyond the engine's usual set, but those in `allow`; names without `CAP_`. */
export const addedCapabilities = ruleFace({
  setting: z.object({
    kind: z.literal('added-capabilities'),
    allow: z.array(line(64)).max(64),
    effect: ComplianceEffect,
  }),
  name: 'Added capabilities',
  about: 'capabilities beyond the usual ones of the engine',
  fields: {
    effect: { label: 'Added capabilities', choices: complianceEffects },
    allow: { label: 'Allowed added capabilities', help: 'Without CAP_, separated by spaces.', form: 'words' },
  },
  beginning: { kind: 'added-capabilities', effect: 'ignore', allow: [] },
  sentence: () => 'added capabilities',
});
