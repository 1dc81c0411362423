import { type CelEnv, celEnv, isCelError, parse, plan } from '@bufbuild/cel';
import { strings } from '@bufbuild/cel/ext';
import type {
  CompiledExpression,
  Expression,
  ExpressionOf,
  ExpressionProblem,
  Expressions,
} from '../../expressions.ts';
import { problemIn } from './check.ts';
import { samples } from './samples.ts';

const environment: CelEnv = celEnv({ funcs: [...strings] });

/** Reads each expression once. Kept for as long as the rulebook that it belongs to. */
export function compileExpressions(rules: readonly ExpressionOf[]): Expressions {
  const compiled = new Map(rules.map((rule) => [keyOf(rule), compileExpression(rule)]));
  return { of: (rule) => compiled.get(keyOf(rule)) };
}

/**
 * Reads an expression and says what is wrong with it: its syntax, names that do not exist, loops inside loops (their
 * cost grows with the square of an image), and what fails on a sample finding and image.
 */
export function compileExpression({ on, expression }: ExpressionOf): CompiledExpression {
  try {
    const parsed = parse(expression);
    const problem = problemIn(parsed, { on, expression });
    if (problem !== undefined) return { state: 'refused', problem };
    const evaluate = plan(environment, parsed);
    const ask: Expression = (variables) => answerOf(() => evaluate(variables as never));
    const failed = samples(on)
      .map(ask)
      .find((answer) => answer.state === 'failed');
    if (failed?.state === 'failed')
      return { state: 'refused', problem: { message: `On a sample: ${failed.reason}`, line: 1, column: 1 } };
    return { state: 'ready', ask };
  } catch (error) {
    return { state: 'refused', problem: syntaxProblem(error) };
  }
}

function answerOf(evaluate: () => unknown): ReturnType<Expression> {
  try {
    const value = evaluate();
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
