import { z } from 'zod';
import { line, moment } from '#http/fields.ts';
import { Slug } from './contract-roles.ts';

/** How an exception stands, of a finding or of a check. */
export const ExceptionState = z.enum(['requested', 'approved', 'denied', 'cancelled', 'expired']);
export type ExceptionState = z.infer<typeof ExceptionState>;

const Person = z.object({ id: line(128), name: line(255) });

/** What every exception has beside what it names: where it applies, why, until when, and who asked for it and decided. */
export const exceptionFields = {
  id: z.uuid(),
  /** Any of these collections; missing: everywhere. */
  collections: z.array(Slug).max(100).optional(),
  explanation: line(2000).min(1),
  expiresAt: moment,
  state: ExceptionState,
  requestedBy: Person,
  requestedAt: moment,
  decidedBy: Person.optional(),
  decidedAt: moment.optional(),
  note: line(2000).optional(),
};

/** Another person than the one who asked decides; `own-exception` otherwise. */
export const ExceptionDecision = z.object({ decision: z.enum(['approve', 'deny']), note: line(2000).default('') });
