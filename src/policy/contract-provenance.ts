import { z } from 'zod';
import { Slug } from '#access/contract.ts';
import { line } from '#http/fields.ts';
import { Effect } from './contract-effect.ts';

/** Rules on where an image comes from. */

/** What an image does of which it is not known whether it keeps a rule of provenance. It never passes unseen. */
const Unknown = z.enum(['block', 'alert', 'cannot-judge']);

/** Images that no trusted registry is proven to hold. */
export const TrustedSourceRule = z.object({
  kind: z.literal('trusted-source'),
  /**
   * Registries and repositories that images may come from: `registry.example/team` and what lies below, `*` for one whole
   * part of the path. Missing: every trusted registry.
   */
  from: z.array(line(512).min(1)).min(1).max(200).optional(),
  unknown: Unknown,
  effect: Effect,
});
/** Images that the named keys did not sign. */
export const SignatureRule = z.object({
  kind: z.literal('signature'),
  /** Ids of signing keys. */
  keys: z.array(Slug).min(1).max(100),
  need: z.enum(['any', 'all']),
  unknown: Unknown,
  effect: Effect,
});
/** Images that begin with the layers of none of the named bases. */
export const ApprovedBaseRule = z.object({
  kind: z.literal('approved-base'),
  /** Ids of approved bases. */
  bases: z.array(Slug).min(1).max(100),
  unknown: Unknown,
  effect: Effect,
});
