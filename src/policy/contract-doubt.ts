import { z } from 'zod';

/** What follows where something is not known; `cannot-judge` withholds the verdict. */
const DoubtEffect = z.enum(['cannot-judge', 'block', 'alert', 'ignore']);

/** Scans that did not see everything. `cannot-judge` withholds the verdict. */
export const IncompleteScanRule = z.object({
  kind: z.literal('incomplete-scan'),
  effect: DoubtEffect,
});

/**
 * Packages of which nobody can say whether advisories speak of them: no feed does, or a version cannot be read or is not
 * known. `unidentified`: files that may hold a package and name none, such as an application's own archives; missing: they
 * alert. A policy without this rule treats such packages as its rule for incomplete scans says.
 */
export const NotJudgedRule = z.object({
  kind: z.literal('not-judged'),
  effect: DoubtEffect,
  unidentified: DoubtEffect.optional(),
});

/** Subjects with no scan, or no vulnerability database to match it with. */
export const UnscannedRule = z.object({
  kind: z.literal('unscanned'),
  effect: DoubtEffect,
});

/** Feeds, of the ecosystems that the subject holds, whose own date is older than `days`. */
export const StaleFeedRule = z.object({
  kind: z.literal('stale-feed'),
  days: z.int().min(1),
  effect: DoubtEffect,
});
