import { z } from 'zod';

/** What an agent may report documents of; images come with their scans. */
export const ReportedSubjectKind = z.enum(['container', 'host', 'engine', 'network', 'service', 'registry']);
export const CheckSubjectKind = z.enum([...ReportedSubjectKind.options, 'image', 'reference']);
export type CheckSubjectKind = z.infer<typeof CheckSubjectKind>;

export const CheckState = z.enum(['pass', 'fail', 'warn', 'not-applicable', 'not-assessed', 'error']);
