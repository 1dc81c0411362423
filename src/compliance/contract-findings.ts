import { z } from 'zod';
import { Environment } from '#access/contract.ts';
import type { Immutable } from '#base/index.ts';
import { line, moment } from '#http/fields.ts';
import { endpoint } from '#http/index.ts';
import { CheckStatus, CheckSubjectKind } from './contract-kinds.ts';

const InEnvironment = z.object({ environment: z.union([Environment, z.literal('none')]).optional() });

/** Subjects by how they stand. Each is in exactly one. */
const Statuses = z.record(CheckStatus, z.int());

const CheckFindings = z.object({
  check: line(64),
  subjects: Statuses,
  /** Of those that fail: because of another failure, with which they are counted. */
  folded: z.int(),
  /** Of those that fail, images that have all of it from an image that they are built on, with which they are counted. */
  inherited: z.int().optional(),
});
export type CheckFindings = Immutable<z.infer<typeof CheckFindings>>;

export const listFindingsByCheck = endpoint({
  method: 'GET',
  path: '/api/v1/compliance/checks',
  summary: 'Every check of this release with the numbers of subjects by how they stand',
  needs: 'read',
  query: InEnvironment,
  reply: z.object({ checks: z.array(CheckFindings) }),
});

const SubjectOfCheck = z.object({
  host: line(400),
  kind: CheckSubjectKind,
  id: line(300),
  name: line(300),
  status: CheckStatus,
  /** The first things that were seen and should not be, and how many there are. */
  seen: z.array(z.string()),
  seenInAll: z.int(),
  /** Why it was not assessed, does not apply, or failed itself. */
  reason: z.string().optional(),
  /** The failed check that makes it fail as well. */
  foldedUnder: line(64).optional(),
  /** Since when its facts are these; of one without facts, since when it runs, as its host says. */
  since: moment,
  /** When they were reported last; missing: nobody has reported any. */
  reportedAt: moment.optional(),
});
export type SubjectOfCheck = Immutable<z.infer<typeof SubjectOfCheck>>;

/** In the order of hosts and ids; `afterHost` and `afterId` name the last one of the page before. */
export const listSubjectsOfCheck = endpoint({
  method: 'GET',
  path: '/api/v1/compliance/checks/:check/subjects',
  summary: 'Subjects of a check that stand in one way, with what was seen',
  needs: 'read',
  params: z.object({ check: line(64) }),
  query: InEnvironment.extend({
    status: CheckStatus,
    afterHost: line(400).optional(),
    afterId: line(300).optional(),
    limit: z.coerce.number().int().min(1).max(200).default(50),
  }),
  reply: z.object({
    subjects: z.array(SubjectOfCheck),
    /** Missing: there are no more. A page may have fewer than `limit`, or none, and still be followed by others. */
    next: z.object({ afterHost: line(400), afterId: line(300) }).optional(),
  }),
});

/** What is said of compliance before everything else. */
export const getComplianceSummary = endpoint({
  method: 'GET',
  path: '/api/v1/compliance/summary',
  summary: 'Subjects of checks by what rules do about them, the unknown ones first',
  needs: 'read',
  query: InEnvironment,
  reply: z.object({
    subjects: z.int(),
    /** Containers that run, as their hosts say, without a report of facts. */
    unreported: z.int(),
    /** Their hosts have been silent for too long, and those not evaluated by this release yet. */
    silent: z.int(),
    unanswered: z.int(),
    /** Of the others: with a check that a rule names and that could not be assessed or was in error. */
    notAssessed: z.int(),
    /** Of the others: of which a check blocks, or alerts and none blocks. */
    blocked: z.int(),
    alerted: z.int(),
  }),
});
