import type { ComplianceRule } from '../contract.ts';
import type { StatusChange } from '../status.ts';
import type { Answer } from './answers.ts';
import type { PlacedSubject } from './judge-subjects.ts';

/** A subject of which something that it is judged by is another than when something was written down of it. */
export interface JudgedSubject {
  readonly subject: PlacedSubject;
  readonly rule: ComplianceRule | undefined;
  readonly answers: readonly Answer[];
  readonly changes: readonly StatusChange[];
  /** Whether it runs, as the inventory knows; a subject that is no container always does. */
  readonly up: 'up' | 'down' | 'unknown';
}

/** Subjects of one host, judged at one moment. */
export interface JudgedHost {
  readonly host: string;
  readonly now: Date;
  readonly judged: readonly JudgedSubject[];
}
