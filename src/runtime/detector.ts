import type { Classified } from './classify.ts';
import type { Detection, Fact } from './contract.ts';
import type { Sighting } from './event.ts';
import type { Graded } from './grade.ts';
import type { ModelIndex } from './model-index.ts';

/** What a detector may look at besides the sighting. */
export interface DetectorContext {
  readonly fact: Fact;
  readonly classified: Classified;
  /** What the model makes of it. */
  readonly graded: Graded;
  /** Whether the model allows it. */
  readonly permission: 'allowed' | 'not-allowed';
  readonly index?: ModelIndex;
  /** Names that the rule adds to the never-learn list. */
  readonly neverLearn: readonly string[];
}

/** What a detector objects to. */
export interface Objection {
  readonly severity: Detection['severity'];
  /** MITRE ATT&CK technique. */
  readonly technique?: string;
  /** One sentence for people. */
  readonly message: string;
  /** What to do about it, in one or two sentences. */
  readonly remedy: string;
}

/**
 * Part of a rule that says what is done about it. `threat`: an alert, whatever the model knows. `tool`: as the rule says
 * for programs, from the first second. `move`: an alert under every rule; nothing is stopped for it.
 */
export type Aspect = 'drift' | 'code' | 'process' | 'threat' | 'tool' | 'session' | 'move';

/** A plug-in: looks at one sighting and objects, or not. Pure. */
export interface Detector {
  readonly id: string;
  readonly version: number;
  readonly summary: string;
  /** MITRE ATT&CK techniques that it may name. */
  readonly techniques: readonly string[];
  readonly aspect: Aspect;
  readonly detect: (sighting: Sighting, context: DetectorContext) => Objection | undefined;
}
