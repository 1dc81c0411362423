import { z } from 'zod';
import type { Immutable } from '#base/index.ts';
import { digest, line, moment } from '#http/fields.ts';
import { endpoint } from '#http/index.ts';
import { CheckState, CheckSubjectKind, ReportedSubjectKind } from './contract-kinds.ts';
import { ComplianceRule, ComplianceRuleText } from './contract-rule.ts';
import { checkSeverities, longestDocument, longestSubject, remedyFor, numberedBy } from './contract-words.ts';

export * from './contract-custom.ts';
export * from './contract-documents.ts';
export * from './contract-effect.ts';
export * from './contract-exception.ts';
export * from './contract-findings.ts';
export * from './contract-kinds.ts';
export * from './contract-lists.ts';
export * from './contract-log.ts';
export * from './contract-order.ts';
export * from './contract-rule.ts';
export * from './contract-same.ts';
export * from './contract-settings.ts';
export * from './contract-transition.ts';
export * from './contract-words.ts';

const subjectName = line(longestSubject);

/** Fact `compliance`: what a host sees of one subject now. States itself; without documents the subject is gone. */
export const ComplianceFact = z.object({
  subject: z.object({
    kind: ReportedSubjectKind,
    /** Of a container or network its id, of a host and its engine `self`, of others their name. */
    id: subjectName,
    name: subjectName,
  }),
  documents: z
    .array(
      z.object({
        /** Where it was read: `inspect`, `effective`, `host`. */
        kind: z.string().regex(/^[a-z][a-z-]{0,31}$/),
        /** JSON of the fields, as `documentText` writes it. */
        text: z.string().max(longestDocument),
      }),
    )
    .max(4),
});
export type ComplianceFact = Immutable<z.infer<typeof ComplianceFact>>;

const Result = z.object({
  id: line(64),
  version: z.int(),
  state: CheckState,
  /** What was seen that should not be. */
  seen: z.array(z.string()).optional(),
  /** Why it was not assessed, does not apply, or failed itself. */
  reason: z.string().optional(),
  /** The failed check that makes this one fail as well. */
  foldedUnder: line(64).optional(),
  /** Of one that fails or warns: the values that an exception has to name, and that it holds for alone. */
  values: z.array(z.string()).optional(),
  /** Of an image: those of its values that come from the image that it is built on; missing: none. */
  inherited: z.array(z.string()).optional(),
  /** Of one that is excepted: until when, and the ids of the exceptions. */
  until: moment.optional(),
  exceptions: z.array(line(64)).optional(),
  /** The document that decided, and those that say otherwise. */
  document: line(32),
  otherwise: z.array(z.object({ document: line(32), state: CheckState })).optional(),
  evidence: z.array(
    z.object({ at: z.string(), value: z.string(), default: z.enum(['engine', 'image', 'kernel']).optional() }),
  ),
});
export type StoredResult = Immutable<z.infer<typeof Result>>;

const ListedCheck = z.object({
  /** Fixed for ever. */
  id: line(64),
  subject: CheckSubjectKind,
  /** What is so when it passes. */
  title: z.string(),
  /** What may happen when it fails. */
  why: z.string(),
  /** What to change, for each who can. */
  remedy: z.partialRecord(z.enum(remedyFor), z.string()),
  severity: z.enum(checkSeverities),
  /** Sections of NIST SP 800-190, and recommendations of CIS. */
  nist: z.array(z.string()),
  cis: z.array(z.string()),
  /** Numbers under which users of other products know it. */
  alsoKnownAs: z.array(z.object({ by: z.enum(numberedBy), number: line(32) })),
  /** Raised when the same facts would give another answer. */
  version: z.int(),
  /** The check whose failure makes this one fail as well. */
  impliedBy: line(64).optional(),
  templates: z.array(z.object({ id: line(64), title: z.string() })),
});
export type ListedCheck = Immutable<z.infer<typeof ListedCheck>>;

const ListedTemplate = z.object({
  id: line(64),
  title: z.string(),
  /** In its order. */
  sections: z.array(z.object({ id: line(64), title: z.string() })),
});
export type ListedTemplate = Immutable<z.infer<typeof ListedTemplate>>;

export const listChecks = endpoint({
  method: 'GET',
  path: '/api/v1/checks',
  summary: 'Every check of this release, with why it matters, what to change, and where it belongs; and all templates',
  needs: 'read',
  reply: z.object({ checks: z.array(ListedCheck), templates: z.array(ListedTemplate) }),
});

const SubjectRef = z.object({ host: line(400), kind: CheckSubjectKind, id: subjectName });

/** How checks stand for one subject of a host. */
export const getCompliance = endpoint({
  method: 'GET',
  path: '/api/v1/compliance/subjects/:host/:kind/:id',
  summary: 'Results of all checks of a subject, with their evidence',
  needs: 'read',
  params: SubjectRef,
  reply: z.object({
    /** Missing: no host has reported it, or it is outside of the caller's collections. */
    subject: SubjectRef.extend({
      name: subjectName,
      /** Since when its facts are these, and when its host reported them last. */
      since: moment,
      reportedAt: moment,
      /** What its host said of it holds no more, and nobody knows how it stands. */
      silentSince: moment.optional(),
      /** Since when its host says something else of it that is not kept: it reports too much that is new. */
      refusedSince: moment.optional(),
      /** The image that this one is built on, by the content of its layers; missing: none that is known. */
      base: z.object({ image: line(512), name: subjectName }).optional(),
    }).optional(),
    /** A container that its host says runs, and has not reported; missing otherwise. */
    unreported: z.object({ since: moment, reason: line(1000) }).optional(),
    documents: z.array(z.object({ kind: line(32), hash: digest.or(z.string().regex(/^[0-9a-f]{64}$/)) })),
    /** Missing: not evaluated yet. */
    results: z.array(Result).optional(),
  }),
});

/** A document as it was judged, for who checks its hash. */
export const getDocument = endpoint({
  method: 'GET',
  path: '/api/v1/compliance/subjects/:host/:kind/:id/documents/:hash',
  summary: 'A document of a subject, as it was judged; its hash is SHA-256 of this text',
  needs: 'read',
  params: SubjectRef.extend({ hash: z.string().regex(/^[0-9a-f]{64}$/) }),
  reply: z.object({ kind: line(32), text: z.string() }),
});

/** What a rule does about one subject. */
const SubjectEffect = z.object({
  host: line(400),
  kind: CheckSubjectKind,
  id: subjectName,
  name: subjectName,
  /** The worst: `record` where nothing is done. */
  was: z.enum(['block', 'alert', 'record']),
  would: z.enum(['block', 'alert', 'record']),
  /** Ids of the checks that would block or alert. */
  checks: z.array(line(64)),
});
export type SubjectEffect = Immutable<z.infer<typeof SubjectEffect>>;

const ComplianceRuleInPlace = z.object({
  rule: ComplianceRule,
  savedAt: moment,
  savedBy: line(255),
  /** Subjects that it applies to, and those of which a check blocks or alerts. */
  subjects: z.int(),
  blocked: z.int(),
  alerted: z.int(),
  /** Ids of checks of containers that it acts on and no installed gate decides: containers are judged by them once they run. */
  undecided: z.array(line(64)),
  /** Containers that it would stop and leaves running: nobody has read in its replay that it would. */
  waiting: z.int(),
});

export const listComplianceRules = endpoint({
  method: 'GET',
  path: '/api/v1/compliance-rules',
  summary: 'Compliance rules in their order, with what each applies to',
  needs: 'read',
  reply: z.object({ rules: z.array(ComplianceRuleInPlace) }),
});

/** `basedOn` is the version that was edited, 0 for a new rule: `conflict` when another came in between. */
export const putComplianceRule = endpoint({
  method: 'PUT',
  path: '/api/v1/compliance-rules/:id',
  summary: 'Save a compliance rule',
  needs: 'write-rules',
  params: z.object({ id: line(64).regex(/^[a-z0-9][a-z0-9-]*$/) }),
  body: z.object({
    rule: ComplianceRuleText,
    basedOn: z.int().min(0),
    /**
     * What its replay said and somebody read, an hour ago at most. A rule stops nothing until that was given, and nothing
     * that it did not apply to then; `conflict` when it would stop more by now, or the rule, a check, or what it applies to
     * is another.
     */
    replay: z.object({ seal: line(128), stopped: z.int().min(0) }).optional(),
  }),
  reply: z.object({ rule: ComplianceRule }),
});

export const deleteComplianceRule = endpoint({
  method: 'DELETE',
  path: '/api/v1/compliance-rules/:id',
  summary: 'Delete a compliance rule',
  needs: 'write-rules',
  params: z.object({ id: line(64) }),
  reply: z.object({}),
});

export const orderComplianceRules = endpoint({
  method: 'PUT',
  path: '/api/v1/compliance-rules-order',
  summary: 'Put compliance rules in another order',
  needs: 'write-rules',
  body: z.object({ order: z.array(line(64)).max(1000) }),
  reply: z.object({}),
});

/** What a rule would do to everything that hosts report now, before it is saved. */
export const replayComplianceRule = endpoint({
  method: 'POST',
  path: '/api/v1/compliance-rules/replay',
  summary: 'Try a compliance rule on what hosts report now, and on past builds',
  needs: 'write-rules',
  /** `id`: under which it is saved then. */
  body: z.object({ rule: ComplianceRuleText, id: line(64).optional() }),
  reply: z.object({
    /** Subjects that it would apply to. */
    subjects: z.int(),
    blocked: z.int(),
    alerted: z.int(),
    /** Running containers that it would stop. */
    stopped: z.int(),
    /**
     * Names the rule by its id, the checks that were tried, what it applies to and when that was; given back with the rule,
     * it may stop containers.
     */
    seal: line(128),
    /** Subjects to which something else would be done than now, and the first of them, the worst first. */
    changed: z.int(),
    examples: z.array(SubjectEffect),
    /** Builds of the last days to which it would apply, by the facts of their images that are kept. */
    builds: z.object({
      days: z.int(),
      replayed: z.int(),
      /** Those that it would have failed, and that the rules in force fail. */
      failed: z.int(),
      failedNow: z.int(),
      /** Those of whose image no facts are kept: nobody knows. */
      unknown: z.int(),
      /** Older builds of these days that were left out. */
      more: z.int(),
      /** The newest that it would have failed. */
      examples: z.array(
        z.object({
          image: line(512),
          name: line(512),
          at: moment,
          job: line(512).optional(),
          /** Ids of the checks that would have failed it. */
          checks: z.array(line(64)),
        }),
      ),
    }),
  }),
});
