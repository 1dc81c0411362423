/** What an expression may refer to, by name. Values are those of CEL. */
export type ExpressionVariables = Readonly<Record<string, unknown>>;

/** A value of CEL: whole numbers are `bigint`, others `number`; `null` is what is not known. */
export type ExpressionValue =
  | string
  | number
  | bigint
  | boolean
  | null
  | readonly ExpressionValue[]
  | ReadonlyMap<string, ExpressionValue>;

/** What an expression gave. */
export type ExpressionOutcome =
  | { readonly state: 'value'; readonly value: unknown }
  | { readonly state: 'failed'; readonly reason: string };

/** What evaluating may still cost, in steps of the evaluator; each evaluation takes from it. */
export interface EvaluationBudget {
  left: number;
}

/** What is wrong with the text of an expression. */
export interface ExpressionProblem {
  readonly message: string;
  readonly line: number;
  readonly column: number;
}

/** What an expression may speak of. */
export interface ExpressionScope {
  /** Names that it may use, and of those with fixed fields their names. */
  readonly names: ReadonlyMap<string, ReadonlySet<string> | 'any fields'>;
  /** Fields that are so long that no loop goes through them again for each element: `image.packages`. */
  readonly long: readonly string[];
}

/** An expression that was read once and can be asked many times; it fails once the budget is used up. */
export type ReadExpression =
  | {
      readonly state: 'ready';
      /** Names of its scope that it uses. */
      readonly uses: readonly string[];
      readonly ask: (variables: ExpressionVariables, budget: EvaluationBudget) => ExpressionOutcome;
    }
  | { readonly state: 'refused'; readonly problem: ExpressionProblem };
