import type { EvaluationBudget, ExpressionProblem, ExpressionVariables } from '#rules/index.ts';

export type ExpressionAnswer =
  | { readonly state: 'true' }
  | { readonly state: 'false' }
  | { readonly state: 'failed'; readonly reason: string };

/** An expression that was read once and can be asked many times; it fails once the budget is used up. */
export type Expression = (variables: ExpressionVariables, budget: EvaluationBudget) => ExpressionAnswer;

export type CompiledExpression =
  | { readonly state: 'ready'; readonly ask: Expression }
  | { readonly state: 'refused'; readonly problem: ExpressionProblem };

export interface ExpressionOf {
  readonly on: 'finding' | 'image';
  readonly expression: string;
}

/** The expressions of a rulebook, each read once. */
export interface Expressions {
  of(rule: ExpressionOf): CompiledExpression | undefined;
}
