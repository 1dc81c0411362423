import { z } from 'zod';
import { Environment } from '#access/contract.ts';
import type { Immutable } from '#base/index.ts';
import { CheckState } from '#compliance/contract.ts';
import { line, moment } from '#http/fields.ts';
import { endpoint } from '#http/index.ts';

/** What evidence is about: what checks look at, and the console itself. */
export const EvidenceSubjectKind = z.enum([
  'image',
  'reference',
  'container',
  'host',
  'engine',
  'network',
  'service',
  'registry',
  'console',
]);
export type EvidenceSubjectKind = z.infer<typeof EvidenceSubjectKind>;

/**
 * `incomplete`: nothing fails, and a required question was not assessed or is in error. `not-assessed`: Seawall assesses
 * nothing of it. `not-applicable`: there is no subject of it.
 */
export const ControlState = z.enum([
  'not-met',
  'incomplete',
  'not-assessed',
  'met-with-exceptions',
  'met',
  'not-applicable',
]);
export type ControlState = z.infer<typeof ControlState>;

/** Subjects by how they stand; each is in exactly one, by its worst answer. */
export const SubjectCounts = z.record(CheckState, z.int().min(0));
export type SubjectCounts = Immutable<z.infer<typeof SubjectCounts>>;

const ControlSummary = z.object({
  /** Within its template: `4.1.2`. */
  id: line(64),
  title: line(200),
  state: ControlState,
  /** What decides the state, in one sentence. */
  reason: line(1000),
  subjects: SubjectCounts,
  /** Part that passes of those that pass, fail, warn or are excepted; missing: there are none. */
  rate: z.number().min(0).max(1).optional(),
  /** Part that was assessed of those that the control applies to; missing: there are none. */
  coverage: z.number().min(0).max(1).optional(),
  /** Required questions, and those of them that were not assessed, or are in error, for some subject. */
  questions: z.int().min(0),
  unanswered: z.int().min(0),
});
export type ControlSummary = Immutable<z.infer<typeof ControlSummary>>;

const QuestionSummary = z.object({
  /** Fixed for ever, within its control: `scan-complete`. */
  id: line(64),
  /** What is so when it passes. */
  text: line(500),
  /** A control is incomplete without an answer to it. */
  required: z.boolean(),
  /** Who answers: checks of facts, another part of the product, a person by a document, or nothing that exists yet. */
  by: z.enum(['checks', 'product', 'attestation', 'nothing']),
  /** Ids of its checks; empty unless they answer. */
  checks: z.array(line(64)),
  /** The worst of its subjects. */
  state: CheckState,
  subjects: SubjectCounts,
  /** Why it was not assessed, and what would assess it; missing: it was. */
  reason: line(1000).optional(),
});
export type QuestionSummary = Immutable<z.infer<typeof QuestionSummary>>;

/** How a control stood at the end of a day, UTC. A day without a record is a gap: nothing is known of it. */
const ControlDay = z.object({
  day: z.iso.date(),
  state: ControlState,
  rate: z.number().min(0).max(1).optional(),
  coverage: z.number().min(0).max(1).optional(),
});
export type ControlDay = Immutable<z.infer<typeof ControlDay>>;

/** Days that the strips of a template go back, and that of one control. */
export const stripDays = 30;
export const longestStrip = 366;

/** Why there are no days of what is asked for; missing: all that are kept are there. */
const daysMissing = line(500).optional();

const EvidenceTemplate = z.object({
  id: line(64),
  title: line(200),
  summary: line(500),
  /** `starting-point`: a mapping that no specialist of its subject has reviewed. `own`: written at this console. */
  standing: z.enum(['reviewed', 'starting-point', 'own']),
  /** Of one that was written here and deleted: it is shown as it stood then. */
  deletedAt: moment.optional(),
});
export type EvidenceTemplate = Immutable<z.infer<typeof EvidenceTemplate>>;

/** Which part of the estate, and when. */
const Asked = {
  environment: z.union([Environment, z.literal('none')]).optional(),
  application: line(255).optional(),
  /** How it stood then; missing: now. */
  at: moment.optional(),
  /** By what the console had been told until then; missing: by what it knows now. */
  known: moment.optional(),
};

/** Hosts, and the images together, that were not looked at since questions or documents changed; missing: none. */
const pending = z.int().min(1).optional();

export const listEvidenceTemplates = endpoint({
  method: 'GET',
  path: '/api/v1/evidence/templates',
  summary: 'Templates of controls',
  needs: 'read',
  reply: z.object({ templates: z.array(EvidenceTemplate) }),
});

export const getTemplateEvidence = endpoint({
  method: 'GET',
  path: '/api/v1/evidence/templates/:template',
  summary: 'Every control of a template with its state, rate and coverage',
  needs: 'read',
  params: z.object({ template: line(64) }),
  query: z.object(Asked),
  reply: z.object({
    template: EvidenceTemplate,
    /** In the order of the template. */
    controls: z.array(ControlSummary.extend({ days: z.array(ControlDay) })),
    daysMissing,
    /** When the newest of these states was computed. */
    computedAt: moment,
    pending,
  }),
});

export const getControl = endpoint({
  method: 'GET',
  path: '/api/v1/evidence/templates/:template/controls/:control',
  summary: 'A control with its questions, and how it stood day by day',
  needs: 'read',
  params: z.object({ template: line(64), control: line(64) }),
  query: z.object(Asked),
  reply: z.object({
    control: ControlSummary.extend({
      /** What it asks for, in our own words. */
      definition: line(2000),
      /** Controls of NIST SP 800-53 revision 5: `CM-2`. */
      sp80053: z.array(line(16)),
    }),
    questions: z.array(QuestionSummary),
    days: z.array(ControlDay),
    daysMissing,
    /** Why days are missing, or their coverage fell: which hosts were silent, and when. */
    gaps: z.array(z.object({ from: moment, to: moment.optional(), host: line(400), reason: line(500) })),
    computedAt: moment,
    pending,
  }),
});

/** One answer about a subject. */
const Answer = z.object({
  question: line(64),
  /** The check that gave it; missing: another part of the product did. */
  check: line(64).optional(),
  state: CheckState,
  /** What was seen that should not be, the first of it. */
  seen: z.array(z.string()),
  /** Why it was not assessed, does not apply, or failed itself. */
  reason: z.string().optional(),
  /** Of one that is excepted. */
  until: moment.optional(),
});
export type EvidenceAnswer = Immutable<z.infer<typeof Answer>>;

const EvidenceSubject = z.object({
  host: line(400),
  kind: EvidenceSubjectKind,
  id: line(512),
  name: line(512),
  application: line(255).optional(),
  environment: line(64).optional(),
});

const SubjectOfControl = EvidenceSubject.extend({
  /** The worst of its answers. */
  state: CheckState,
  /** Since when it stands so, as far as it is known. */
  since: moment.optional(),
  /** The worst first, those that pass left out. */
  answers: z.array(Answer),
  /** Answers in all, and those of them that pass. */
  answered: z.int().min(0),
  passed: z.int().min(0),
});
export type SubjectOfControl = Immutable<z.infer<typeof SubjectOfControl>>;

export const listSubjectsOfControl = endpoint({
  method: 'GET',
  path: '/api/v1/evidence/templates/:template/controls/:control/subjects',
  summary: 'Subjects of a control, the worst first, with what was seen',
  needs: 'read',
  params: z.object({ template: line(64), control: line(64) }),
  query: z.object({
    ...Asked,
    state: CheckState.optional(),
    question: line(64).optional(),
    host: line(400).optional(),
    /** One subject, by its kind and id. */
    kind: EvidenceSubjectKind.optional(),
    id: line(512).optional(),
    limit: z.coerce.number().int().min(1).max(200).default(50),
    offset: z.coerce.number().int().min(0).max(100_000).default(0),
  }),
  reply: z.object({ subjects: z.array(SubjectOfControl), total: z.int().min(0) }),
});

const EvidenceChange = EvidenceSubject.extend({
  check: line(64),
  from: CheckState,
  to: CheckState,
  observedAt: moment,
  receivedAt: moment,
});
export type EvidenceChange = Immutable<z.infer<typeof EvidenceChange>>;

export const listEvidenceChanges = endpoint({
  method: 'GET',
  path: '/api/v1/evidence/templates/:template/changes',
  summary: 'What changed between two moments: controls, and the answers that did it',
  needs: 'read',
  params: z.object({ template: line(64) }),
  query: z.object({
    environment: Asked.environment,
    application: Asked.application,
    control: line(64).optional(),
    from: moment,
    to: moment,
    limit: z.coerce.number().int().min(1).max(500).default(100),
    offset: z.coerce.number().int().min(0).max(100_000).default(0),
  }),
  reply: z.object({
    controls: z.array(z.object({ id: line(64), title: line(200), from: ControlState, to: ControlState })),
    changes: z.array(EvidenceChange),
    total: z.int().min(0),
  }),
});
