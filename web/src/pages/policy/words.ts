import { faceOfRule, type Policy, type Rule } from '#policy/contract.ts';

/** A rule as one sentence. */
export function ruleInWords(rule: Rule): string {
  return faceOfRule(rule.kind)?.sentence(rule) ?? rule.kind;
}

/** The scope of a policy, with the names of its collections. */
export function scopeInWords(
  policy: Pick<Policy, 'collections'>,
  nameOf: (collection: string) => string | undefined,
): string {
  if (policy.collections === undefined) return 'everything';
  if (policy.collections.length === 0) return 'nothing: no collection is chosen';
  return policy.collections.map((id) => nameOf(id) ?? `${id} (deleted)`).join(', ');
}
