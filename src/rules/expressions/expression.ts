import { isCelError, isCelList, parse, plan } from '@bufbuild/cel';
import type {
  EvaluationBudget,
  ExpressionOutcome,
  ExpressionProblem,
  ExpressionScope,
  ReadExpression,
} from '../expression.ts';
import { charge, overBudgetReason, spending } from './budget.ts';
import { namesUsed, problemIn } from './check.ts';
import { countLoops, nodesOf } from './count-loops.ts';
import { environment } from './functions.ts';

/**
 * Reads an expression and says what is wrong with it: its syntax, names that do not exist, loops inside loops (their
 * cost grows with the square of what they go through), and what it may not call.
 */
export function compileExpression(expression: string, scope: ExpressionScope): ReadExpression {
  try {
    const parsed = parse(expression);
    const problem = problemIn(parsed, { scope, expression });
    if (problem !== undefined) return { state: 'refused', problem };
    const uses = namesUsed(parsed, scope);
    const nodes = nodesOf(parsed.expr);
    countLoops(parsed.expr);
    const evaluate = plan(environment, parsed);
    return {
      state: 'ready',
      uses,
      ask: (variables, budget) =>
        outcomeOf(budget, () => {
          charge(nodes);
          return evaluate(variables as never);
        }),
    };
  } catch (error) {
    return { state: 'refused', problem: syntaxProblem(error) };
  }
}

/** An evaluation may make a value even of being stopped (`stopped || true`), so the budget is asked first. */
function outcomeOf(budget: EvaluationBudget, evaluate: () => unknown): ExpressionOutcome {
  try {
    const value = spending(budget, evaluate);
    if (budget.left < 0) return { state: 'failed', reason: overBudgetReason };
    if (isCelError(value)) return { state: 'failed', reason: value.message };
    return { state: 'value', value: isCelList(value) ? [...value] : value };
  } catch (error) {
    return { state: 'failed', reason: error instanceof Error ? error.message : String(error) };
  }
}

function syntaxProblem(error: unknown): ExpressionProblem {
  if (error instanceof RangeError) return { message: 'The expression is nested too deep.', line: 1, column: 1 };
  const message = (error instanceof Error ? error.message : String(error)).replace(/^<input>:\d+:\d+: /, '');
  return { message, ...placeOf(error) };
}

function placeOf(error: unknown): { readonly line: number; readonly column: number } {
  const match = /^<input>:(\d+):(\d+): /.exec(error instanceof Error ? error.message : '');
  return { line: Number(match?.[1] ?? 1), column: Number(match?.[2] ?? 1) };
}
