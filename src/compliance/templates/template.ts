import type { About } from '../check.ts';

/** A published set of requirements, as a choice of checks. */
export interface Template {
  /** Fixed for ever: `nist-800-190`. */
  readonly id: string;
  readonly title: string;
  readonly version: number;
  readonly summary: string;
  /** Its sections, in its order. */
  readonly sections: readonly Section[];
  /** Sections that a check belongs to; none: the check is not of this template. */
  sectionsOf(check: Pick<About, 'id' | 'nist' | 'cis'>): readonly string[];
}

export interface Section {
  readonly id: string;
  readonly title: string;
}
