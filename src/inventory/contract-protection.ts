import { z } from 'zod';
import type { Immutable } from '#base/index.ts';
import { line, moment } from '#http/fields.ts';

/**
 * How a running container is protected, by what its host's sensor reported alone. `protected`: everything that its rule
 * prevents is; `partly`: some of it; `unprotected`: nothing, or not by its rule; `watched`: its rule prevents nothing, and
 * what it does is seen; `unknown`: nobody can say.
 */
export const ProtectionState = z.enum(['unknown', 'unprotected', 'partly', 'protected', 'watched']);
export type ProtectionState = z.infer<typeof ProtectionState>;

/** One thing that a rule may prevent in a container. */
export const ProtectionPart = z.object({
  what: z.enum(['programs', 'code files', 'mapped code']),
  /** `armed`: what is forbidden is stopped; `missing`: it is not; `not-asked`: the rule does not prevent it. */
  state: z.enum(['armed', 'missing', 'not-asked', 'unknown']),
  /** Mechanisms of the sensor that are in force for it, in words. */
  by: z.array(line(64)).max(16),
});
export type ProtectionPart = Immutable<z.infer<typeof ProtectionPart>>;

/** Why a container is not protected. */
export const ProtectionCause = z.enum([
  'agent-away',
  'agent-silent',
  'sensor-away',
  'no-orders',
  'not-reported',
  'other-policy',
  'other-rule',
  'not-marked',
  'table-full',
  'no-policy',
  'no-overlay',
  'no-guard',
  'no-mechanism',
]);
export type ProtectionCause = z.infer<typeof ProtectionCause>;

export const Protection = z.object({
  state: ProtectionState,
  /** What its rule asks for, as the console has it; missing: no rule applies. */
  rule: z.object({ id: line(64), version: z.int(), name: line(200), prevents: z.boolean() }).optional(),
  parts: z.array(ProtectionPart).max(16),
  /** Since when its sensor has it in force so; missing where that is not reported. */
  since: moment.optional(),
  cause: ProtectionCause.optional(),
  /** One or two sentences: what is in force, or why not and what to do. */
  reason: line(2000),
});
export type Protection = Immutable<z.infer<typeof Protection>>;

/** Containers by how they are protected. */
export const ProtectionCounts = z.object({
  unknown: z.int(),
  unprotected: z.int(),
  partly: z.int(),
  protected: z.int(),
  watched: z.int(),
});
export type ProtectionCounts = Immutable<z.infer<typeof ProtectionCounts>>;
