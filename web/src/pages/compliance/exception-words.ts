import type { CheckException } from '#compliance/contract.ts';
import { counted } from '../../ui/format.ts';
import { reasonWords } from '../policy/exception-words.ts';

/** Reasons as a form offers them. */
export const checkReasonChoices = (
  ['mitigated', 'false-positive', 'risk-accepted', 'fix-planned', 'other'] satisfies CheckException['reason'][]
).map((reason) => [reason, reasonWords[reason]] as const);

/** What an exception does now. */
export function exceptionDoes({ state, appliesTo }: Pick<CheckException, 'state' | 'appliesTo'>): string {
  switch (state) {
    case 'approved':
      return `Applies to ${counted(appliesTo, 'subject')}.`;
    case 'requested':
      return `Pending; would apply to ${counted(appliesTo, 'subject')}.`;
    case 'denied':
    case 'cancelled':
    case 'expired':
      return 'Does not apply.';
  }
}

/** `pump`, `everything`, `Shop, Harbour` */
export function reachInWords(
  { name, collections }: Pick<CheckException, 'name' | 'collections'>,
  nameOf: (collection: string) => string | undefined,
): string {
  const scope = collections?.map((id) => nameOf(id) ?? `${id} (deleted)`).join(', ');
  if (name === undefined) return scope ?? 'everything';
  return scope === undefined ? `what is named ${name}` : `what is named ${name} in ${scope}`;
}
