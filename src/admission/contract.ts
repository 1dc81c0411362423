import { z } from 'zod';
import type { Immutable } from '#base/index.ts';
import { Environment, Slug } from '#access/contract.ts';
import { imageDigest, line, moment } from '#http/fields.ts';
import { endpoint } from '#http/index.ts';
import { Decision, Gate, Sums } from './contract-decision.ts';
import { AdmissionRule, SentAdmissionRule } from './contract-rule.ts';

export * from './contract-cluster.ts';
export * from './contract-decision.ts';
export * from './contract-effect.ts';
export * from './contract-ledger.ts';
export * from './contract-rule.ts';

const AtHost = z.object({ host: line(400) });

const DecisionAtHost = Decision.extend(AtHost.shape);
export type DecisionAtHost = Immutable<z.infer<typeof DecisionAtHost>>;

/** Answers of gates, newest first: what `seawall decisions` prints. */
export const listDecisions = endpoint({
  method: 'GET',
  path: '/api/v1/decisions',
  summary: 'Decisions of gates',
  needs: 'read',
  query: z.object({
    search: z.string().max(256).optional(),
    id: line(128).optional(),
    /** `none`: made where no environment is. */
    environment: z.union([Environment, z.literal('none')]).optional(),
    answer: z.enum(['allow', 'deny']).optional(),
    gate: Gate.optional(),
    image: imageDigest.optional(),
    since: moment.optional(),
    /** Id of the decision after which to go on; `offset` counts from there. */
    before: line(128).optional(),
    limit: z.coerce.number().int().min(1).max(1000).default(200),
    offset: z.coerce.number().int().min(0).default(0),
  }),
  reply: z.object({
    decisions: z.array(DecisionAtHost),
    /** That the filters hold; missing when `before` was given. */
    total: z.int().optional(),
    /** Of the last 24 hours, whatever the filters say but environment. */
    day: Sums.extend({
      /** Those in which something was decided, oldest first; each named by its beginning. */
      hours: z.array(Sums.extend({ hour: moment })).max(25),
    }),
  }),
});

const RuleInPlace = z.object({
  rule: AdmissionRule,
  savedAt: moment,
  savedBy: line(255),
  /** What it let through, alerted and refused in the last 14 days. */
  hits: Sums,
});
export type AdmissionRuleInPlace = Immutable<z.infer<typeof RuleInPlace>>;

export const listAdmissionRules = endpoint({
  method: 'GET',
  path: '/api/v1/admission-rules',
  summary: 'Admission rules in their order',
  needs: 'read',
  reply: z.object({ rules: z.array(RuleInPlace) }),
});

/** `basedOn` is the version that was edited, 0 for a new rule: `conflict` when another came in between. */
export const putAdmissionRule = endpoint({
  method: 'PUT',
  path: '/api/v1/admission-rules/:id',
  summary: 'Save an admission rule',
  needs: 'write-rules',
  params: z.object({ id: Slug }),
  body: z.object({ rule: SentAdmissionRule, basedOn: z.int().min(0) }),
  reply: z.object({ rule: AdmissionRule }),
});

export const deleteAdmissionRule = endpoint({
  method: 'DELETE',
  path: '/api/v1/admission-rules/:id',
  summary: 'Delete an admission rule',
  needs: 'write-rules',
  params: z.object({ id: Slug }),
  reply: z.object({}),
});

export const orderAdmissionRules = endpoint({
  method: 'PUT',
  path: '/api/v1/admission-rules-order',
  summary: 'Put admission rules in another order',
  needs: 'write-rules',
  body: z.object({ order: z.array(Slug).max(1000) }),
  reply: z.object({}),
});

/** What a rule would do to the images and containers that are on hosts now, before it is saved. */
export const replayAdmissionRule = endpoint({
  method: 'POST',
  path: '/api/v1/admission-rules/replay',
  summary: 'Try an admission rule on what is there',
  needs: 'write-rules',
  body: z.object({ rule: SentAdmissionRule, id: Slug.optional() }),
  reply: z.object({
    images: z.int(),
    denied: z.int(),
    alerted: z.int(),
    /** Running containers whose image would not start again. */
    running: z.int(),
    examples: z.array(
      z.object({
        image: line(512),
        digest: imageDigest,
        environment: Environment.optional(),
        was: line(32),
        would: line(32),
        reason: line(2000),
      }),
    ),
  }),
});
