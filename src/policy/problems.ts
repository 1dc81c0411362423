import { parseScope } from '#provenance/index.ts';
import type { Policy } from './contract.ts';
import { limits } from './limits.ts';

export interface RuleProblem {
  /** Of the field in the policy: `['rules', 2, 'expression']`. */
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** What is wrong with rules beyond their form: how many there are, expressions and repositories that cannot be read. */
export async function problemsOfRules(rules: Policy['rules']): Promise<readonly RuleProblem[]> {
  const counted = problemsOfCounts(rules);
  return counted.length > 0 ? counted : [...problemsOfSources(rules), ...(await problemsOfExpressions(rules))];
}

/** Of what costs much on every image, a policy has only so many. */
export function problemsOfCounts(rules: Policy['rules']): readonly RuleProblem[] {
  const expressions = rules.filter(({ kind }) => kind === 'custom').length;
  const denied = rules.flatMap((rule) => (rule.kind === 'package' ? rule.deny : []));
  const patterns = denied.filter(({ name }) => name.includes('*')).length;
  const counts = [
    { count: expressions, most: limits.expressions },
    { count: denied.length, most: limits.deniedPackages },
    { count: patterns, most: limits.deniedPatterns },
  ];
  return counts.flatMap(({ count, most: { value, unit } }) =>
    count > value
      ? [{ path: ['rules'], message: `A policy has at most ${value} ${unit}, and this one has ${count}.` }]
      : [],
  );
}

function problemsOfSources(rules: Policy['rules']): readonly RuleProblem[] {
  return rules.flatMap((rule, index) => {
    const from = rule.kind === 'trusted-source' ? (rule.from ?? []) : [];
    return from.flatMap((text, at) =>
      parseScope(text) === undefined
        ? [{ path: ['rules', index, 'from', at], message: `${text} is no registry or repository.` }]
        : [],
    );
  });
}

async function problemsOfExpressions(rules: Policy['rules']): Promise<readonly RuleProblem[]> {
  if (rules.every(({ kind }) => kind !== 'custom')) return [];
  const { compileExpression } = await import('./rules/custom/expression.ts');
  return rules.flatMap((rule, index) => {
    const compiled = rule.kind === 'custom' ? compileExpression(rule) : undefined;
    if (compiled?.state !== 'refused') return [];
    const { message, line, column } = compiled.problem;
    return [{ path: ['rules', index, 'expression'], message: `Line ${line}, column ${column}: ${message}` }];
  });
}
