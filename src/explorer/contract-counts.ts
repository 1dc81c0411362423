import { z } from 'zod';
import type { Immutable } from '#base/index.ts';
import { Environment } from '#access/contract.ts';
import { VerdictKind } from '#policy/contract.ts';

/** Findings by severity; suppressed ones apart. */
export const SeverityCounts = z.object({
  critical: z.int(),
  high: z.int(),
  medium: z.int(),
  low: z.int(),
  negligible: z.int(),
  unrated: z.int(),
  suppressed: z.int(),
});
export type SeverityCounts = Immutable<z.infer<typeof SeverityCounts>>;

export const VerdictTotals = z.object({ pass: z.int(), fail: z.int(), cannotJudge: z.int(), pending: z.int() });
export type VerdictTotals = Immutable<z.infer<typeof VerdictTotals>>;

/** One image in one environment. */
export const Placement = z.object({
  /** Missing: hosts without an environment. */
  environment: Environment.optional(),
  hosts: z.int(),
  /** Containers that run now. */
  containers: z.int(),
  verdict: VerdictKind.optional(),
  /** What is known comes from agents that are away. */
  stale: z.boolean(),
});
export type Placement = Immutable<z.infer<typeof Placement>>;
