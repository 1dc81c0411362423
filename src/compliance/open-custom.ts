import type { Check } from './check.ts';
import type { CustomCheck } from './contract-custom.ts';
import { customCheck, scopeOf, type UntypedFacts } from './custom-check.ts';

/** Makes checks of what was written; the reader of expressions is loaded only where something was. */
export async function openCustom(custom: readonly CustomCheck[]): Promise<readonly Check<UntypedFacts>[]> {
  if (custom.length === 0) return [];
  const { compileExpression } = await import('#rules/expressions/index.ts');
  return custom.map((one) => {
    const read = compileExpression(one.expression, scopeOf(one.subject));
    return read.state === 'ready' ? customCheck(one, read) : unreadCheck(one, read.problem.message);
  });
}

/** Makes checks of what was written, anew only where something else is: ledgers and rules are read far more often. */
export function customOpener(): typeof openCustom {
  let last: { readonly key: string; readonly checks: Promise<readonly Check<UntypedFacts>[]> } | undefined;
  return async (custom) => {
    const key = JSON.stringify(custom);
    if (last?.key !== key) last = { key, checks: openCustom(custom) };
    return await last.checks;
  };
}

/** One that an earlier release could read, or that asks for a fact that is no more. */
function unreadCheck(one: CustomCheck, problem: string): Check<UntypedFacts> {
  const reason = `The expression cannot be read: ${problem}`;
  return { ...one, needs: [], lists: [], assess: () => ({ state: 'error', reason, evidence: [] }) };
}
