/** What an expression of a custom rule may refer to: `finding`, where the rule is about findings, and `image`. */
export type ExpressionVariables = Readonly<Record<string, unknown>>;

export type ExpressionAnswer =
  | { readonly state: 'true' }
  | { readonly state: 'false' }
  | { readonly state: 'failed'; readonly reason: string };

/** What evaluating may still cost, in steps of the evaluator; each evaluation takes from it. */
export interface EvaluationBudget {
  left: number;
}

/** An expression that was read once and can be asked many times; it fails once the budget is used up. */
export type Expression = (variables: ExpressionVariables, budget: EvaluationBudget) => ExpressionAnswer;

/** What is wrong with the text of an expression. */
export interface ExpressionProblem {
  readonly message: string;
  readonly line: number;
  readonly column: number;
}

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
