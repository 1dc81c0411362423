import { AppError } from '#base/index.ts';
import type { Check } from './check.ts';
import type { CustomCheckText } from './contract-custom.ts';
import { customCheck, scopeOf, type UntypedFacts } from './custom-check.ts';
import { scriptCheck } from './script-check.ts';

/** A check that is not saved yet. Throws `bad-request` with line and column for an expression that cannot be read. */
export async function checkedCustom(text: CustomCheckText): Promise<Check<UntypedFacts>> {
  const named = { id: 'custom-tried', version: 1 };
  if (text.script !== undefined) return scriptCheck({ ...text, ...named, author: 'nobody yet' });
  const { compileExpression } = await import('#rules/expressions/index.ts');
  const read = compileExpression(text.expression, scopeOf(text.subject));
  if (read.state === 'ready') return customCheck({ ...text, ...named }, read);
  const { line, column, message } = read.problem;
  throw new AppError('bad-request', `check.expression: line ${line}, column ${column}: ${message}`);
}
