import type { Policy, Rule, Violation } from './contract.ts';
import type { JudgedFacts } from './facts.ts';

/** One kind of rule. A plug-in under `rules/`; pure: the same facts, setting and moment give the same violations. */
export interface RuleKind<Setting extends Rule> {
  readonly id: Setting['kind'];
  /** Raised when the same facts would give another answer. */
  readonly version: number;
  readonly summary: string;
  evaluate(facts: JudgedFacts, setting: Setting, now: Date): readonly Violation[];
}

/** The setting of one kind of rule. */
export type SettingOf<Kind extends Rule['kind']> = Extract<Policy['rules'][number], { readonly kind: Kind }>;
