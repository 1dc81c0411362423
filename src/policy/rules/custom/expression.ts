import { compileExpression as readExpression } from '#rules/expressions/index.ts';
import type { CompiledExpression, Expression, ExpressionOf, Expressions } from '../../expressions.ts';
import { fields, samples } from './samples.ts';

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

const scopes = {
  finding: { names: new Map(Object.entries(fields)), long: ['image.packages'] },
  image: { names: new Map([['image', fields.image]]), long: ['image.packages'] },
} as const;

/** Reads an expression and says what is wrong with it, also what fails on a sample finding and image. */
export function compileExpression({ on, expression }: ExpressionOf): CompiledExpression {
  const read = readExpression(expression, scopes[on]);
  if (read.state === 'refused') return read;
  const ask: Expression = (variables, budget) => {
    const outcome = read.ask(variables, budget);
    if (outcome.state === 'failed') return outcome;
    if (typeof outcome.value !== 'boolean') return { state: 'failed', reason: 'it gives neither true nor false' };
    return { state: outcome.value ? 'true' : 'false' };
  };
  const failed = samples(on)
    .map((sample) => ask(sample, { left: sampleUnits }))
    .find((answer) => answer.state === 'failed');
  if (failed?.state === 'failed')
    return { state: 'refused', problem: { message: `On a sample: ${failed.reason}`, line: 1, column: 1 } };
  return { state: 'ready', ask };
}

function keyOf({ on, expression }: ExpressionOf): string {
  return `${on} ${expression}`;
}
