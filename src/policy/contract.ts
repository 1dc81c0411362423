import { z } from 'zod';
import type { Immutable } from '#base/index.ts';
import { Environment, ExceptionDecision, exceptionFields, ExceptionState, Slug } from '#access/contract.ts';
import { PackageType } from '#catalog/contract.ts';
import { line, moment, scanId, subjectId } from '#http/fields.ts';
import { endpoint } from '#http/index.ts';
import { Severity } from '#vulnerability/contract.ts';
import { Rule, RuleId } from './contract-rules.ts';
import { limits } from './limits.ts';

export * from './contract-bundle.ts';
export type { Effect } from './contract-effect.ts';
export * from './contract-openvex.ts';
export * from './contract-rules.ts';

/**
 * Rules with a scope. Policies are checked top down: the first enabled one whose scope matches the subject and where it is
 * applies, alone. The last one matches everything and cannot be deleted.
 */
export const Policy = z.object({
  id: line(64),
  version: z.int().min(1),
  name: line(200),
  description: line(1000).optional(),
  /** Any of these collections; missing: everything. */
  collections: z.array(Slug).max(100).optional(),
  /** `off` judges nothing; missing: `on`. */
  state: z.enum(['on', 'off']).optional(),
  rules: z.array(Rule).max(limits.rules.value),
});
export type Policy = Immutable<z.infer<typeof Policy>>;

/** One broken rule: what, why, and what removes it. */
export const Violation = z.object({
  /** The kind of the policy's rule, or `compliance`: a compliance rule. */
  rule: z.enum([...RuleId.options, 'compliance']),
  effect: z.enum(['block', 'alert', 'cannot-judge']),
  /** One sentence: `CVE-2026-24515 in expat 2.7.1-2 is rated High (7.5), the limit is Medium.` */
  message: line(2000),
  /** The exact change that removes it: `Upgrade expat to 2.7.3-2.` */
  remedy: line(2000),
  finding: z.object({ id: line(256), purl: line(2048), severity: Severity, fixed: line(512).optional() }).optional(),
  fault: z.object({ code: line(64), path: z.string().max(8192).optional() }).optional(),
  /** Of a compliance rule: the check, and the name of the rule; where many were not assessed, the worst of them. */
  check: z.object({ id: line(64), severity: z.enum(['critical', 'high', 'medium', 'low']), by: line(200) }).optional(),
  /** When the days of grace end after which it blocks. */
  graceUntil: moment.optional(),
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
  /** Findings that an exception kept from counting, with the exception's id. */
  excepted: z
    .array(z.object({ finding: line(256), purl: line(2048), exception: z.uuid() }))
    .max(100_000)
    .optional(),
  /** Checks on which a compliance rule would act, had nobody excepted them. */
  exceptedChecks: z
    .array(z.object({ check: line(64), exceptions: z.array(z.uuid()).max(200), until: moment }))
    .max(1000)
    .optional(),
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

/** What a policy did: subjects where it is the one that judges, by their verdict now. */
const Hits = z.object({ pass: z.int(), fail: z.int(), cannotJudge: z.int(), violations: z.int() });

const PolicyInPlace = z.object({
  policy: Policy,
  savedAt: moment,
  savedBy: line(255),
  hits: Hits,
  /** Subjects in its scope whichever policy judges them. */
  inScope: z.int(),
});
export type PolicyInPlace = Immutable<z.infer<typeof PolicyInPlace>>;

/** All policies in their order. */
export const listPolicies = endpoint({
  method: 'GET',
  path: '/api/v1/policies',
  summary: 'Policies in their order',
  needs: 'read',
  reply: z.object({ policies: z.array(PolicyInPlace) }),
});

/** What a body with a policy may have. */
const policyBody = { bytes: 1024 * 1024, tokens: 100_000, depth: 64 };

/** What a person writes of a policy; its id and version are the console’s. */
export const PolicyText = Policy.omit({ id: true, version: true });
export type PolicyText = Immutable<z.infer<typeof PolicyText>>;

/** Saves a new version, or a new policy before the last one. `basedOn` is the version that was edited: `conflict` when another came in between. */
export const putPolicy = endpoint({
  method: 'PUT',
  path: '/api/v1/policies/:id',
  summary: 'Save a policy',
  needs: 'write-rules',
  params: z.object({ id: Slug }),
  body: z.object({ policy: PolicyText, basedOn: z.int().min(0) }),
  limits: policyBody,
  reply: z.object({ policy: Policy }),
});

export const deletePolicy = endpoint({
  method: 'DELETE',
  path: '/api/v1/policies/:id',
  summary: 'Delete a policy',
  needs: 'write-rules',
  params: z.object({ id: Slug }),
  reply: z.object({}),
});

/** Every id once; the last one stays last. */
export const orderPolicies = endpoint({
  method: 'PUT',
  path: '/api/v1/policies-order',
  summary: 'Put policies in another order',
  needs: 'write-rules',
  body: z.object({ order: z.array(Slug).max(1000) }),
  reply: z.object({}),
});

export const listPolicyVersions = endpoint({
  method: 'GET',
  path: '/api/v1/policies/:id/versions',
  summary: 'Versions of a policy, newest first',
  needs: 'read',
  params: z.object({ id: Slug }),
  reply: z.object({ versions: z.array(z.object({ policy: Policy, savedAt: moment, savedBy: line(255) })) }),
});

/** The YAML form of a policy: the same object. `problems` says what is wrong with the text, and where. */
export const policyToYaml = endpoint({
  method: 'POST',
  path: '/api/v1/policies/to-yaml',
  summary: 'Write a policy as YAML',
  needs: 'read',
  body: z.object({ policy: PolicyText }),
  limits: policyBody,
  reply: z.object({ yaml: z.string() }),
});

export const policyFromYaml = endpoint({
  method: 'POST',
  path: '/api/v1/policies/from-yaml',
  summary: 'Read a policy from YAML',
  needs: 'write-rules',
  body: z.object({ yaml: z.string().max(limits.yamlBytes.value) }),
  // One string, longer by what JSON escapes of it.
  limits: { bytes: 1.5 * limits.yamlBytes.value, tokens: 10, depth: 4 },
  reply: z.discriminatedUnion('state', [
    z.object({ state: z.literal('read'), policy: PolicyText }),
    z.object({
      state: z.literal('refused'),
      problems: z.array(z.object({ line: z.int().optional(), message: line(500) })),
    }),
  ]),
});

const ReplayedChange = z.object({
  subject: subjectId,
  image: z.string(),
  /** Missing for a stored build. */
  environment: Environment.optional(),
  scan: scanId,
  at: moment,
  before: VerdictKind,
  after: VerdictKind,
  /** Violations that come and go, the first 20 of each. */
  added: z.array(Violation),
  removed: z.array(Violation),
});

/**
 * What an edited policy would have done: judges again, from stored facts, everything that runs now and the builds of
 * the last days. Nothing is saved.
 */
export const replayPolicy = endpoint({
  method: 'POST',
  path: '/api/v1/policies/:id/replay',
  summary: 'Try a policy on what runs and on past builds',
  needs: 'write-rules',
  params: z.object({ id: Slug }),
  body: z.object({ policy: PolicyText, days: z.int().min(1).max(365).default(30) }),
  limits: policyBody,
  reply: z.object({
    running: z.object({ judged: z.int(), before: Hits, after: Hits }),
    builds: z.object({ judged: z.int(), before: Hits, after: Hits }),
    /** Where the verdict changes, the first 200. */
    changes: z.array(ReplayedChange),
    /** Verdicts that were not replayed, because there are too many or it took too long; 0: it is whole. */
    left: z.int(),
    milliseconds: z.number(),
  }),
});
export type PolicyReplay = Immutable<z.infer<typeof replayPolicy.reply>>;

/**
 * A finding that does not count, for a reason and until a date. It applies to one advisory in one package at one
 * installed version, in every image that has it, within its scope; once the package changes it no longer applies.
 */
export const Exception = z.object({
  ...exceptionFields,
  /** Id or alias of the advisory. */
  advisory: line(256).min(1),
  package: z.object({ type: PackageType, name: line(512), version: line(512) }),
  reason: z.enum(['false-positive', 'mitigated', 'risk-accepted', 'not-reachable', 'fix-planned', 'other']),
  /** Subjects whose findings it keeps from counting now. */
  appliesTo: z.int(),
  /** Of one that is requested: subjects that it would apply to if it were approved now. */
  wouldApplyTo: z.int().optional(),
});
export type Exception = Immutable<z.infer<typeof Exception>>;

export const listExceptions = endpoint({
  method: 'GET',
  path: '/api/v1/exceptions',
  summary: 'Exceptions, those to decide first',
  needs: 'read',
  query: z.object({
    state: ExceptionState.optional(),
    advisory: z.string().max(256).optional(),
    /** In the advisory, the package, the explanation or the name of who requested it. */
    search: z.string().max(256).optional(),
    reason: Exception.shape.reason.optional(),
    /** Requested at or after this, and before that. */
    since: moment.optional(),
    until: moment.optional(),
    /** 0: the counts alone. */
    limit: z.coerce.number().int().min(0).max(500).default(100),
    offset: z.coerce.number().int().min(0).default(0),
  }),
  reply: z.object({ total: z.int(), exceptions: z.array(Exception), counts: z.record(ExceptionState, z.int()) }),
});

export const requestException = endpoint({
  method: 'POST',
  path: '/api/v1/exceptions',
  summary: 'Request an exception',
  needs: 'request-exceptions',
  body: Exception.pick({
    advisory: true,
    package: true,
    collections: true,
    reason: true,
    explanation: true,
    expiresAt: true,
  }),
  reply: z.object({ exception: Exception }),
});

/** What an exception would do, before it is requested or approved. */
export const previewException = endpoint({
  method: 'POST',
  path: '/api/v1/exceptions/preview',
  summary: 'Number of images that an exception would apply to',
  needs: 'read',
  body: Exception.pick({ advisory: true, package: true, collections: true }),
  reply: z.object({ images: z.int() }),
});

/** Another person than the one who asked; `own-exception` otherwise. */
export const decideException = endpoint({
  method: 'PUT',
  path: '/api/v1/exceptions/:id/decision',
  summary: 'Approve or deny an exception',
  needs: 'approve-exceptions',
  params: z.object({ id: z.uuid() }),
  body: ExceptionDecision,
  reply: z.object({ exception: Exception }),
});

/** By whoever asked or may decide; an approved one ends at once. */
export const cancelException = endpoint({
  method: 'DELETE',
  path: '/api/v1/exceptions/:id',
  summary: 'Cancel an exception',
  needs: 'request-exceptions',
  params: z.object({ id: z.uuid() }),
  reply: z.object({ exception: Exception }),
});
