import type { Policy } from './contract.ts';

export interface RuleProblem {
  /** Of the field in the policy: `['rules', 2, 'expression']`. */
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** What is wrong with rules beyond their form: expressions that cannot be read. */
export async function problemsOfRules(rules: Policy['rules']): Promise<readonly RuleProblem[]> {
  if (rules.every(({ kind }) => kind !== 'custom')) return [];
  const { compileExpression } = await import('./rules/custom/expression.ts');
  return rules.flatMap((rule, index) => {
    const compiled = rule.kind === 'custom' ? compileExpression(rule) : undefined;
    if (compiled?.state !== 'refused') return [];
    const { message, line, column } = compiled.problem;
    return [{ path: ['rules', index, 'expression'], message: `Line ${line}, column ${column}: ${message}` }];
  });
}
