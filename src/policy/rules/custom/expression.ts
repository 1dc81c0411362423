import { isCelError, parse, plan } from '@bufbuild/cel';
import type {
  CompiledExpression,
  EvaluationBudget,
  Expression,
  ExpressionOf,
  ExpressionProblem,
  Expressions,
} from '../../expressions.ts';
import { charge, overBudgetReason, spending } from './budget.ts';
import { problemIn } from './check.ts';
import { countLoops, nodesOf } from './count-loops.ts';
import { environment } from './functions.ts';
import { samples } from './samples.ts';

/** Units that an expression may take on a sample. What takes more there takes far more on an image. */
const sampleUnits = 20_000;

/** Expressions kept ready: rulebooks are made anew for each scan that is judged, out of the same few rules. */
const mostKept = 256;
const kept = new Map<string, CompiledExpression>();

/** Reads each expression once. Kept for as long as the rulebook that it belongs to. */
export function compileExpressions(rules: readonly ExpressionOf[]): Expressions {
  const compiled = new Map(rules.map((rule) => [keyOf(rule), kept.get(keyOf(rule)) ?? compileExpression(rule)]));
  for (const [key, one] of compiled) {
    kept.delete(key);
    kept.set(key, one);
  }
  for (const oldest of kept.keys()) if (kept.size > mostKept) kept.delete(oldest);
  return { of: (rule) => compiled.get(keyOf(rule)) };
}

/**
 * Reads an expression and says what is wrong with it: its syntax, names that do not exist, loops inside loops (their
 * cost grows with the square of an image), what it may not call, and what fails on a sample finding and image.
 */
export function compileExpression({ on, expression }: ExpressionOf): CompiledExpression {
  try {
    const parsed = parse(expression);
    const problem = problemIn(parsed, { on, expression });
    if (problem !== undefined) return { state: 'refused', problem };
    const nodes = nodesOf(parsed.expr);
    countLoops(parsed.expr);
    const evaluate = plan(environment, parsed);
    const ask: Expression = (variables, budget) =>
      answerOf(budget, () => {
        charge(nodes);
        return evaluate(variables as never);
      });
    const failed = samples(on)
      .map((sample) => ask(sample, { left: sampleUnits }))
      .find((answer) => answer.state === 'failed');
    if (failed?.state === 'failed')
      return { state: 'refused', problem: { message: `On a sample: ${failed.reason}`, line: 1, column: 1 } };
    return { state: 'ready', ask };
  } catch (error) {
    return { state: 'refused', problem: syntaxProblem(error) };
  }
}

/** An evaluation may make a value even of being stopped (`stopped || true`), so the budget is asked first. */
function answerOf(budget: EvaluationBudget, evaluate: () => unknown): ReturnType<Expression> {
  try {
    const value = spending(budget, evaluate);
    if (budget.left < 0) return { state: 'failed', reason: overBudgetReason };
    if (isCelError(value)) return { state: 'failed', reason: value.message };
    if (typeof value !== 'boolean') return { state: 'failed', reason: 'it gives neither true nor false' };
    return { state: value ? 'true' : 'false' };
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

function keyOf({ on, expression }: ExpressionOf): string {
  return `${on} ${expression}`;
}
