import { z } from 'zod';
import type { Immutable } from '#base/index.ts';
import { line, moment } from '#http/fields.ts';
import { endpoint } from '#http/index.ts';
import { CheckState, CheckSubjectKind } from './contract-kinds.ts';

const TransitionHead = z.object({
  /** Rises with each; where to go on. */
  sequence: z.int(),
  /** When it became so, as far as it is known, and when the console wrote it down. */
  observedAt: moment,
  receivedAt: moment,
  /** Of that day. */
  name: line(512),
  application: line(255).optional(),
  environment: line(64).optional(),
});

/** What became another for one subject. */
export const Transition = z.discriminatedUnion('kind', [
  TransitionHead.extend({
    kind: z.literal('changed'),
    check: line(64),
    from: CheckState,
    to: CheckState,
    /** Of the documents that were judged; with `silent`, of those that were judged last. */
    facts: line(64),
    /** What its host said ended by time, or it is heard of again. */
    silent: z.boolean().optional(),
  }),
  /** Judged for the first time: by how many checks. */
  TransitionHead.extend({ kind: z.literal('first'), checks: z.int(), facts: line(64) }),
  /** It is gone. */
  TransitionHead.extend({ kind: z.literal('ended') }),
]);
export type Transition = Immutable<z.infer<typeof Transition>>;

/** What changed of a subject, the newest first. */
export const listTransitions = endpoint({
  method: 'GET',
  path: '/api/v1/compliance/subjects/:host/:kind/:id/transitions',
  summary: 'How the results of a subject changed, the newest first',
  needs: 'read',
  params: z.object({
    host: line(400),
    kind: CheckSubjectKind,
    id: line(512),
  }),
  query: z.object({
    /** Of one check. */
    check: line(64).optional(),
    /** Older than this one. */
    before: z.coerce.number().int().min(1).optional(),
    limit: z.coerce.number().int().min(1).max(500).default(100),
  }),
  reply: z.object({
    transitions: z.array(Transition),
    /** Where to go on; missing: there are no older ones. */
    next: z.int().optional(),
    /** Hours in which so many changes on its host were too many to be kept; missing: all are. */
    leftOut: z.array(z.object({ hour: moment, changes: z.int() })).optional(),
    /** Since when checks that this subject is asked give answers by another version, the newest first. */
    versions: z.array(z.object({ check: line(64), version: z.int(), since: moment })),
  }),
});
