import { z } from 'zod';
import type { Immutable } from '#base/index.ts';
import { line, moment } from '#http/fields.ts';

/**
 * Fact `armed`: what is in force for one container, as the sensor reported it, beside what the agent's configuration asks for.
 * States itself: the newest of a container replaces the older.
 */
export const ArmedFact = z.object({
  container: z.string().regex(/^[0-9a-f]{64}$/),
  policy: z.discriminatedUnion('kind', [
    /** The policy that the configuration asks for, at its current version. `rule` is what asks for it; missing: no rule applies. */
    z.object({ kind: z.literal('asked'), rule: z.object({ id: line(64), version: z.int().min(1) }).optional() }),
    /** The agent itself runs in it, and works on the files of its host: no rule holds there. */
    z.object({ kind: z.literal('agent') }),
    /** Another policy, or another version of it. */
    z.object({ kind: z.literal('other'), reason: line(1000) }),
    /** The agent has no configuration of its console. */
    z.object({ kind: z.literal('no-orders') }),
    /** The sensor has not reported this container. */
    z.object({ kind: z.literal('not-reported') }),
  ]),
  /** Mechanisms in force; words that a console does not know mean nothing to it. */
  mechanisms: z.array(line(32)).max(32),
  /** Why it is not armed, or not by every mechanism of the sensor. */
  problem: z
    .object({
      kind: z.enum(['not-marked', 'table-full', 'no-policy', 'no-overlay', 'no-guard']),
      reason: line(1000),
    })
    .optional(),
  /** Since when, by the sensor. */
  since: moment.optional(),
});
export type ArmedFact = Immutable<z.infer<typeof ArmedFact>>;
