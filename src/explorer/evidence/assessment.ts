import type { CheckState } from '#compliance/contract.ts';
import type {
  ControlDay,
  ControlSummary,
  EvidenceSubjectKind,
  EvidenceTemplate,
  QuestionSummary,
} from '../contract-evidence.ts';
import type { ImportedResult } from '../contract-imported.ts';

/** How the controls of a template stood at a moment, with everything that says so: what an auditor takes away. */
export interface Assessment {
  /** Id of the installation that says so. */
  readonly installation: string;
  /** Version of the console that computed it. */
  readonly version: string;
  /** ISO 8601 in UTC: as of when, and when it was written down. */
  readonly at: string;
  readonly madeAt: string;
  readonly scope: AssessmentScope;
  readonly template: EvidenceTemplate;
  /** In the order of the template. */
  readonly controls: readonly AssessedControl[];
  readonly subjects: readonly AssessedSubject[];
  /** Each distinct answer once, with its subjects. */
  readonly answers: readonly AssessedAnswer[];
  readonly attestations: readonly Attestation[];
  /** What people imported of other tools about these subjects, the newest scan first; no control counts it. */
  readonly imports?: readonly ImportedResult[];
  /** What the cover says besides, one sentence or two each. */
  readonly notes?: readonly string[];
}

/** Which part of the estate it speaks of. */
export interface AssessmentScope {
  readonly environment?: string;
  readonly application?: string;
  /** Collections of whoever asked; missing: all of the estate. */
  readonly collections?: readonly string[];
  /** Who asked. */
  readonly askedBy: string;
}

/** A control as `getControl` shows it. */
export interface AssessedControl extends Omit<ControlSummary, 'questions'> {
  readonly definition: string;
  readonly sp80053: readonly string[];
  readonly questions: readonly AssessedQuestion[];
  readonly days: readonly ControlDay[];
  /** Why there are none of this scope. */
  readonly daysMissing?: string;
  readonly gaps: readonly AssessmentGap[];
}

/** A question with the sources of its answers: ids of checks, or the name of an answer of another part of the product. */
export interface AssessedQuestion extends QuestionSummary {
  readonly sources: readonly string[];
}

/** A time of which nothing is known of a host. */
export interface AssessmentGap {
  readonly from: string;
  readonly to?: string;
  readonly host: string;
  readonly reason: string;
}

/** What was assessed. */
export interface AssessedSubject {
  readonly host: string;
  readonly kind: EvidenceSubjectKind;
  readonly id: string;
  readonly name: string;
  readonly application?: string;
  readonly environment?: string;
  /** Id of the documents that tell of it; subjects with equal ones have one configuration. */
  readonly facts?: string;
}

/** One answer of one source, and all subjects that it is about. */
export interface AssessedAnswer {
  /** Id of the check, or name of the answer of another part of the product. */
  readonly source: string;
  readonly title: string;
  readonly state: CheckState;
  readonly severity?: 'low' | 'medium' | 'high' | 'critical';
  /** Of the check. */
  readonly version?: number;
  /** `test`: tried on what runs. `examine`: read from documents. */
  readonly method: 'test' | 'examine';
  readonly seen: readonly string[];
  /** Why it was not assessed, does not apply, or failed itself. */
  readonly reason?: string;
  /** Of one that is excepted. */
  readonly until?: string;
  readonly remedy?: string;
  /** When it was first so for the first of its subjects, as far as it is known. */
  readonly since?: string;
  /** When it was seen last, and until when that holds; missing: it does not end by time. */
  readonly collected: string;
  readonly expires?: string;
  /** Id of the documents that were judged. */
  readonly facts?: string;
  /** Names of records that show it besides: tries of a gate, verdicts. */
  readonly records?: readonly string[];
  /** Positions in `subjects`; rising, without repetition. */
  readonly subjects: readonly number[];
}

/** What a person answered for, by a document. */
export interface Attestation {
  readonly id: string;
  readonly control: string;
  readonly question: string;
  readonly statement: string;
  readonly author: string;
  readonly at: string;
  readonly until: string;
}
