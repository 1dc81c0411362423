import type { Check } from './check.ts';
import type { CustomCheck } from './contract-custom.ts';
import { customCheck, scopeOf, type UntypedFacts } from './custom-check.ts';
import { scriptCheck } from './script-check.ts';

/** Makes checks of what was written; the reader of expressions is loaded only where something was. */
export async function openCustom(custom: readonly CustomCheck[]): Promise<readonly Check<UntypedFacts>[]> {
  const isRead = custom.some(({ expression }) => expression !== undefined);
  const reader = isRead ? await import('#rules/expressions/index.ts') : undefined;
  return custom.map((one) => {
    if (one.script !== undefined) return scriptCheck(one);
    const read = reader?.compileExpression(one.expression, scopeOf(one.subject));
    return read?.state === 'ready' ? customCheck(one, read) : unreadCheck(one, read?.problem.message ?? '');
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
