import { z } from 'zod';
import type { Immutable } from '#base/index.ts';
import { line } from '#http/fields.ts';
import { endpoint } from '#http/index.ts';
import { ReportedSubjectKind } from './contract-kinds.ts';

const ContainerId = line(300);

/** What a host is to do about a container: read its facts once more at once, or stop it. */
export const ComplianceOrder = z.object({ id: line(128), act: z.enum(['look', 'stop']), container: ContainerId });
export type ComplianceOrder = Immutable<z.infer<typeof ComplianceOrder>>;

/** Orders for the host of the asking agent. Waits up to `wait` seconds while `known` are all. */
export const getStopRequests = endpoint({
  method: 'POST',
  path: '/link/v1/compliance/stop-requests',
  summary: 'What an agent is to do about containers that fail checks',
  needs: 'report',
  body: z.object({
    /** Of the reply before; missing: none. */
    known: line(64).optional(),
    wait: z.int().min(0).max(60).default(0),
  }),
  reply: z.object({
    /** Names these orders. */
    revision: line(64),
    orders: z.array(ComplianceOrder).max(200),
  }),
});

/** Subjects that one fact may name. */
export const mostLooked = 1000;

/** Fact `compliance-looked`: these were read again and are as they were reported last. */
export const ComplianceLookedFact = z.object({
  subjects: z
    .array(
      z.object({
        kind: ReportedSubjectKind,
        id: line(512),
        /** Of its documents, as `factsId` makes it. */
        facts: z.string().regex(/^[0-9a-f]{64}$/),
      }),
    )
    .max(mostLooked),
});
export type ComplianceLookedFact = Immutable<z.infer<typeof ComplianceLookedFact>>;

/** Fact `compliance-stop`: what became of an order to stop a container. */
export const ComplianceStopFact = z.object({
  order: line(128),
  container: ContainerId,
  /** `ended`: it did not run any more, or is gone. */
  outcome: z.enum(['stopped', 'ended', 'failed']),
  /** Why it failed. */
  reason: line(1000).optional(),
});
export type ComplianceStopFact = Immutable<z.infer<typeof ComplianceStopFact>>;
