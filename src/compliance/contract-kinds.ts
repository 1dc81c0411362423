import { z } from 'zod';

/** What an agent may report documents of; images come with their scans. */
export const ReportedSubjectKind = z.enum([
  'container',
  'host',
  'engine',
  'network',
  'service',
  'registry',
  'reference',
]);

export const CheckSubjectKind = z.enum([...ReportedSubjectKind.options, 'image']);
export type CheckSubjectKind = z.infer<typeof CheckSubjectKind>;

/** `excepted`: it fails, and somebody agreed to that until a date. */
export const CheckState = z.enum(['pass', 'fail', 'warn', 'not-applicable', 'not-assessed', 'error', 'excepted']);
export type CheckState = z.infer<typeof CheckState>;

/**
 * How a subject stands for one check: by its answer and the exceptions of it, or `unanswered`: this release has not evaluated its facts, or `silent`:
 * its host has not reported for so long that nobody knows whether the answer still holds, or `unreported`: a container that
 * its host says runs, without facts that checks can judge.
 */
export const CheckStatus = z.enum([...CheckState.options, 'unanswered', 'silent', 'unreported']);
export type CheckStatus = z.infer<typeof CheckStatus>;
