import { z } from 'zod';
import type { Immutable } from '#base/index.ts';
import { line, moment, scanId, subjectId } from '#http/fields.ts';
import { endpoint } from '#http/index.ts';
import { Severity } from '#vulnerability/contract.ts';

export const Effect = z.enum(['block', 'alert', 'ignore']);
export type Effect = z.infer<typeof Effect>;

/** A limit that a finding reaches: a word, or a CVSS base score. */
export const Threshold = z.discriminatedUnion('by', [
  z.object({ by: z.literal('severity'), severity: Severity.exclude(['unrated', 'negligible']) }),
  z.object({ by: z.literal('cvss'), score: z.number().min(0).max(10) }),
]);
export type Threshold = Immutable<z.infer<typeof Threshold>>;

/** Findings at or above a threshold. */
export const SeverityRule = z.object({
  kind: z.literal('severity'),
  threshold: Threshold,
  onlyFixed: z.boolean(),
  /** What a finding that nobody rates does. */
  unrated: Effect,
  effect: Effect,
});
/** Scans that did not see everything. `cannot-judge` withholds the verdict. */
export const IncompleteScanRule = z.object({
  kind: z.literal('incomplete-scan'),
  effect: z.enum(['cannot-judge', 'block', 'alert', 'ignore']),
});
/** Subjects with no scan, or no vulnerability database to match it with. */
export const UnscannedRule = z.object({
  kind: z.literal('unscanned'),
  effect: z.enum(['cannot-judge', 'block', 'alert', 'ignore']),
});
/** Feeds, of the ecosystems that the subject holds, whose own date is older than `days`. */
export const StaleFeedRule = z.object({
  kind: z.literal('stale-feed'),
  days: z.int().min(1),
  effect: z.enum(['cannot-judge', 'block', 'alert', 'ignore']),
});

export const Rule = z.discriminatedUnion('kind', [SeverityRule, IncompleteScanRule, UnscannedRule, StaleFeedRule]);
export type Rule = Immutable<z.infer<typeof Rule>>;

export const Policy = z.object({
  id: line(64),
  version: z.int().min(1),
  name: line(200),
  rules: z.array(Rule).max(200),
});
export type Policy = Immutable<z.infer<typeof Policy>>;

/** One broken rule: what, why, and what removes it. */
export const Violation = z.object({
  rule: z.enum(['severity', 'incomplete-scan', 'unscanned', 'stale-feed']),
  effect: z.enum(['block', 'alert', 'cannot-judge']),
  /** One sentence: `CVE-2026-24515 in expat 2.7.1-2 is rated High (7.5), the limit is Medium.` */
  message: line(2000),
  /** The exact change that removes it: `Upgrade expat to 2.7.3-2.` */
  remedy: line(2000),
  finding: z.object({ id: line(256), purl: line(2048), severity: Severity, fixed: line(512).optional() }).optional(),
  fault: z.object({ code: line(64), path: z.string().max(8192).optional() }).optional(),
});
export type Violation = Immutable<z.infer<typeof Violation>>;

export const VerdictKind = z.enum(['pass', 'fail', 'cannot-judge']);
export type VerdictKind = z.infer<typeof VerdictKind>;

export const Verdict = z.object({
  kind: VerdictKind,
  /** One sentence for people. */
  reason: line(2000),
  policy: z.object({ id: line(64), version: z.int(), name: line(200) }),
  violations: z.array(Violation).max(100_000),
});
export type Verdict = Immutable<z.infer<typeof Verdict>>;

/** The verdict that the console made of one scan; waits up to `wait` seconds for it. */
export const getScanVerdict = endpoint({
  method: 'GET',
  path: '/api/v1/scans/:scan/verdict',
  summary: 'Verdict of one scan',
  needs: 'publish',
  params: z.object({ scan: scanId }),
  query: z.object({ wait: z.coerce.number().int().min(0).max(60).default(0) }),
  reply: z.discriminatedUnion('state', [
    z.object({ state: z.literal('judged'), subject: subjectId, verdict: Verdict, judgedAt: moment, page: line(2048) }),
    z.object({ state: z.literal('pending'), subject: subjectId, waitingFor: line(200) }),
  ]),
});
