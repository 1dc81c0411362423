import type { Collection } from '#access/contract.ts';
import type { AdmissionRuleText } from '#admission/contract.ts';
import type { Immutable } from '#base/index.ts';
import type { PolicyText } from '#policy/contract.ts';

type Selects = Immutable<Collection['selects']>;

/** What whoever may use an engine writes; hosts and environments they do not. */
const written: readonly (readonly [field: keyof Selects, word: 'names' | 'labels'])[] = [
  ['images', 'names'],
  ['repositories', 'names'],
  ['registries', 'names'],
  ['labels', 'labels'],
  ['applications', 'labels'],
];

/** What a scope of these collections goes by that anybody may write who may use an engine. */
export function restsOn(collections: readonly { readonly selects: Selects }[]): readonly ('names' | 'labels')[] {
  const found = written.filter(([field]) => collections.some(({ selects }) => (selects[field]?.length ?? 0) > 0));
  return [...new Set(found.map(([, word]) => word))];
}

/** Whether a policy lets no image pass that only took the name of another. */
export function asksForProof({ rules }: PolicyText): boolean {
  return rules.some(({ kind, effect }) => (kind === 'trusted-source' || kind === 'signature') && effect === 'block');
}

/** Whether an admission rule lets start what does not pass. */
export function letsThrough({ fail, cannotJudge, unknown }: AdmissionRuleText): boolean {
  return [fail, cannotJudge, unknown].some((effect) => effect !== 'block');
}
