/** A published set of requirements, as controls that evidence answers. A template is data: one file or folder, and one line in `templates.ts`. */
export interface ControlTemplate {
  /** Fixed for ever: `nist-800-190`. */
  readonly id: string;
  readonly title: string;
  readonly summary: string;
  /** `starting-point`: a mapping that no specialist of its subject has reviewed. `own`: written at this console. */
  readonly standing: 'reviewed' | 'starting-point' | 'own';
  /** In its order. */
  readonly controls: readonly Control[];
}

/**
 * A control of a template, as a list of questions. Data: what answers them is found by their names.
 */
export interface Control {
  /** Within its template: `4.1.2`. */
  readonly id: string;
  readonly title: string;
  /** What it asks for, in our own words. */
  readonly definition: string;
  /** Controls of NIST SP 800-53 revision 5: `CM-2`. */
  readonly sp80053: readonly string[];
  readonly questions: readonly Question[];
  /** Why Seawall assesses nothing of it, and what would; missing: its questions decide. Such a control has no question. */
  readonly notAssessed?: string;
}

/** One thing that has to be so for every subject of a control. */
export interface Question {
  /** Fixed for ever, within its control: `scan-complete`. */
  readonly id: string;
  /** What is so when it passes, as a sentence without a full stop. */
  readonly text: string;
  /** A control is incomplete without an answer to it. */
  readonly required: boolean;
  readonly by: AnsweredBy;
}

/** Who answers a question. */
export type AnsweredBy =
  /** Checks of facts, by their ids; every subject of their kinds is one of the question. */
  | {
      readonly kind: 'checks';
      readonly checks: readonly string[];
      /** A document of a person that stands in where they could not be assessed; missing: none does. */
      readonly attestation?: string;
    }
  /** Another part of the product: `answer` is a key of `answers` that one of `console/evidence/answers/` gives. */
  | { readonly kind: 'product'; readonly answer: string }
  /** A person, by a document that is kept until a date. */
  | { readonly kind: 'attestation'; readonly attestation: string }
  /** Nothing that exists yet; `reason` says what would. */
  | { readonly kind: 'nothing'; readonly reason: string };
