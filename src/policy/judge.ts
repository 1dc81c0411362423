import type { Selectable } from '#access/index.ts';
import type { Policy, Verdict, VerdictKind, Violation } from './contract.ts';
import { heldCheckExceptions, setApart } from './except.ts';
import type { PolicyFacts } from './facts.ts';
import { limits } from './limits.ts';
import { reasonFor } from './reason.ts';
import type { RuleContext } from './rule.ts';
import { judgeCompliance } from './judge-compliance.ts';
import { judgingComplianceRule, judgingPolicy, type Rulebook } from './rulebook.ts';
import { evaluateRule } from './rules/index.ts';

export interface JudgeOptions {
  readonly now: Date;
  /** Where the subject lies; scopes of policies and exceptions are asked about it. */
  readonly where: readonly Selectable[];
  /** What whoever asks calls the setting that counts only findings with a fix: `--only-fixed`. Missing: as pages do. */
  readonly onlyFixedName?: string;
}

/**
 * The one evaluator, for command line, console and agents. Pure: a verdict can be made again from the same facts. The
 * first policy whose scope holds judges, alone; what exceptions speak for does not count and is listed. Beside it the
 * first compliance rule whose scope holds judges images.
 *
 * A scan that is missing or incomplete withholds the verdict whatever else was found, since a list of violations that
 * may lack some is no statement about the image; they are listed all the same. Then what blocks fails. Then packages that
 * could not be judged and feeds that are too old withhold it.
 */
export function judge(facts: PolicyFacts, rulebook: Rulebook, options: JudgeOptions): Verdict {
  const { now, where, onlyFixedName = 'only what has a fix' } = options;
  const policy = judgingPolicy(rulebook, where);
  if (policy === undefined) return unruled;
  const { counted, excepted } = setApart(facts.findings, rulebook, { where, now });
  const judged = { ...facts, findings: counted };
  const budget = { left: limits.expressionSteps.value };
  const compliance = judgeCompliance(facts, judgingComplianceRule(rulebook, where), {
    now,
    lists: rulebook.lists,
    custom: rulebook.custom,
    // Theirs alone: what rules of kind custom take decides nothing here.
    steps: { left: limits.expressionSteps.value },
    held: heldCheckExceptions(rulebook, { where, now, image: facts.image.digest }),
  });
  const violations = [
    ...violationsOf(judged, policy, {
      now,
      where,
      expressions: rulebook.expressions,
      compareVersions: rulebook.compareVersions,
      budget,
    }),
    ...compliance.violations,
  ];
  const kind = kindOf(violations);
  const { id, version, name } = policy;
  return {
    kind,
    reason: reasonFor(kind, judged, { violations, rules: policy.rules, excepted: excepted.length, onlyFixedName }),
    policy: { id, version, name },
    violations: violations.toSorted((left, right) => places[left.effect] - places[right.effect]).slice(0, mostListed),
    ...(excepted.length === 0 ? {} : { excepted: excepted.slice(0, mostListed) }),
    ...(compliance.excepted.length === 0 ? {} : { exceptedChecks: compliance.excepted }),
  };
}

/** As many as a verdict lists, those that decide first. */
const mostListed = 100_000;
const places: Readonly<Record<Violation['effect'], number>> = { 'cannot-judge': 0, block: 1, alert: 2 };

/** What no policy holds for was not judged. */
const unruled: Verdict = {
  kind: 'cannot-judge',
  reason: 'No policy applies to it.',
  policy: { id: 'none', version: 0, name: 'No policy' },
  violations: [],
};

/**
 * The rules of a policy, with those that it leaves out. Without `not-judged`, what it says of incomplete scans applies to
 * packages that could not be judged. Without `unscanned`, what was never scanned or matched has no verdict: only a policy that
 * says so passes it.
 */
function rulesOf({ rules }: Policy): Policy['rules'] {
  const incomplete = rules.find((rule) => rule.kind === 'incomplete-scan');
  const has = (name: Policy['rules'][number]['kind']): boolean => rules.some(({ kind }) => kind === name);
  return [
    ...rules,
    ...(incomplete === undefined || has('not-judged')
      ? []
      : [{ kind: 'not-judged', effect: incomplete.effect } as const]),
    ...(has('unscanned') ? [] : [{ kind: 'unscanned', effect: 'cannot-judge' } as const]),
  ];
}

function violationsOf(facts: PolicyFacts, policy: Policy, context: RuleContext): readonly Violation[] {
  const rules = rulesOf(policy);
  const limits = rules.filter((rule) => rule.kind === 'severity');
  const byRule = rules.map((rule) => ({ rule, found: evaluateRule(facts, rule, context) }));
  if (limits.length < 2) return byRule.flatMap(({ found }) => found);
  const strongest = strongestOf(byRule.filter(({ rule }) => rule.kind === 'severity').map(({ found }) => found));
  return byRule.flatMap(({ rule, found }) =>
    rule.kind === 'severity' ? found.filter((violation) => strongest.has(violation)) : found,
  );
}

/** A finding that reaches several limits is told once, by what weighs most. */
function strongestOf(limits: readonly (readonly Violation[])[]): ReadonlySet<Violation> {
  const best = new Map<string, { readonly limit: number; readonly weight: number }>();
  const keys = limits.map((found) => found.map(({ finding }) => `${finding?.id} ${finding?.purl}`));
  const visit = (see: (violation: Violation, key: string, limit: number) => void): void =>
    limits.forEach((found, limit) =>
      found.forEach((violation, index) => see(violation, keys[limit]?.[index] ?? '', limit)),
    );
  visit((violation, key, limit) => {
    const weight = weightOf(violation);
    if (weight > (best.get(key)?.weight ?? 0)) best.set(key, { limit, weight });
  });
  const kept = new Set<Violation>();
  visit((violation, key, limit) => {
    if (best.get(key)?.limit === limit) kept.add(violation);
  });
  return kept;
}

function weightOf({ effect, graceUntil }: Violation): number {
  if (effect !== 'alert') return 3;
  return graceUntil === undefined ? 1 : 2;
}

/** Rules on what may be missing beside findings that are true all the same: a violation fails. */
const doubtRules: ReadonlySet<Violation['rule']> = new Set(['not-judged', 'stale-feed']);

function kindOf(violations: readonly Violation[]): VerdictKind {
  const withholds = violations.filter(({ effect }) => effect === 'cannot-judge');
  if (withholds.some(({ rule }) => !doubtRules.has(rule))) return 'cannot-judge';
  if (violations.some(({ effect }) => effect === 'block')) return 'fail';
  return withholds.length > 0 ? 'cannot-judge' : 'pass';
}
