import { parseScope } from '#provenance/index.ts';
import type { Policy } from './contract.ts';

export interface RuleProblem {
  /** Of the field in the policy: `['rules', 2, 'expression']`. */
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** What is wrong with rules beyond their form: expressions and repositories that cannot be read. */
export async function problemsOfRules(rules: Policy['rules']): Promise<readonly RuleProblem[]> {
  return [...problemsOfSources(rules), ...(await problemsOfExpressions(rules))];
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
