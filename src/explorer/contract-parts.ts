import { z } from 'zod';
import type { Immutable } from '#base/index.ts';
import { Environment, Slug } from '#access/contract.ts';
import { line } from '#http/fields.ts';
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

/**
 * Which part of the estate a list or number is about. `environment` counts what is on its hosts, with the risk that it
 * has there; `none` is what is in no named environment or nowhere. Several fields narrow together.
 */
export const Scope = {
  environment: z.union([Environment, z.literal('none')]).optional(),
  application: line(255).optional(),
  collection: Slug.optional(),
  host: line(400).optional(),
  /** Images that a container runs now, or those that none runs. */
  running: z.stringbool().optional(),
  /** Images, or file systems of hosts and folders; missing: both. */
  kind: z.enum(['image', 'file-system']).optional(),
};

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

export const Page = {
  limit: z.coerce.number().int().min(1).max(500).default(100),
  offset: z.coerce.number().int().min(0).default(0),
};

export const VerdictTotals = z.object({ pass: z.int(), fail: z.int(), cannotJudge: z.int(), pending: z.int() });
export type VerdictTotals = Immutable<z.infer<typeof VerdictTotals>>;

/** Index of a layer in an address; images have up to 1000. */
export const layerIndex = z.coerce.number().int().min(0).max(1000);
