import type { EvaluationBudget } from '../expression.ts';

/** Thrown inside of an evaluation; the evaluator makes a value of it, so `left` tells afterwards. */
class OverBudget extends Error {
  constructor() {
    super(overBudgetReason);
  }
}

/** Why an expression is not evaluated to its end. */
export const overBudgetReason = 'it costs more steps than it may take';

let current: EvaluationBudget = { left: 0 };

/** Evaluates at the expense of a budget. Evaluations do not wait for anything, so there is one at a time. */
export function spending<Value>(budget: EvaluationBudget, evaluate: () => Value): Value {
  const before = current;
  current = budget;
  try {
    return evaluate();
  } finally {
    current = before;
  }
}

/** Takes from the budget of the evaluation under way, before the work is done. Throws when it is used up. */
export function charge(units: number): void {
  current.left -= units;
  if (!(current.left >= 0)) {
    current.left = -1;
    throw new OverBudget();
  }
}

/** What is left to the evaluation under way. */
export function unitsLeft(): number {
  return current.left;
}
