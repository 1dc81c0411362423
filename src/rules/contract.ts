import { z } from 'zod';
import type { Immutable } from '#base/index.ts';
import { line } from '#http/fields.ts';

export * from './contract-face.ts';

/** What a rule of any kind has. Rules are checked top down: the first enabled one whose scope matches applies, alone. */
export const ScopedRule = z.object({
  id: line(64),
  version: z.int().min(1),
  name: line(200),
  description: line(1000).optional(),
  /** Any of these collections; missing: everything. */
  collections: z.array(line(64)).max(100).optional(),
  state: z.enum(['on', 'off']),
});
export type ScopedRule = Immutable<z.infer<typeof ScopedRule>>;

/** What a person writes of it. */
export type RuleText = Omit<ScopedRule, 'id' | 'version'>;
