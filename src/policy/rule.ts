import type { Selectable } from '#access/index.ts';
import type { Policy, Rule, Violation } from './contract.ts';
import type { EvaluationBudget } from '#rules/index.ts';
import type { Expressions } from './expressions.ts';
import type { PolicyFacts } from './facts.ts';

/** What a rule is told besides facts and its own setting. */
export interface RuleContext {
  readonly now: Date;
  /** Where the subject lies, as far as this verdict is about. */
  readonly where: readonly Selectable[];
  readonly expressions: Expressions;
  readonly compareVersions: CompareVersions;
  /** What all expressions of the policy may cost together on this subject. */
  readonly budget: EvaluationBudget;
}

/** Less than 0: the version is below the other, by the scheme of its type of package; `undefined`: nobody can tell. */
export type CompareVersions = (type: string, version: string, other: string) => number | undefined;

/** What changes without a new scan: where the subject lies, or what is proven of where it comes from. */
export type Outside = 'places' | 'provenance';

/** One kind of rule. A plug-in under `rules/`; pure: the same facts, setting and context give the same violations. */
export interface RuleKind<Setting extends Rule> {
  readonly id: Setting['kind'];
  /** Raised when the same facts would give another answer. */
  readonly version: number;
  readonly summary: string;
  /** What it looks at besides stored facts: a verdict is made again when that changes. Missing: nothing. */
  readonly looksAt?: readonly Outside[];
  evaluate(facts: PolicyFacts, setting: Setting, context: RuleContext): readonly Violation[];
}

/** The setting of one kind of rule. */
export type SettingOf<Kind extends Rule['kind']> = Extract<Policy['rules'][number], { readonly kind: Kind }>;
