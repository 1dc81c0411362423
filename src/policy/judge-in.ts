import type { Selectable } from '#access/index.ts';
import type { Verdict } from './contract.ts';
import type { PolicyFacts } from './facts.ts';
import { judge } from './judge.ts';
import { judgingPolicy, type Rulebook } from './rulebook.ts';
import { shownSettings } from './settings.ts';

/** The verdict on facts where a subject lies, as a console gives it. */
export function judgeIn(
  facts: PolicyFacts,
  { places: where }: { readonly places: readonly Selectable[] },
  { rulebook, now }: { readonly rulebook: Rulebook; readonly now: Date },
): Verdict {
  const policy = judgingPolicy(rulebook, where);
  const verdict = judge(facts, rulebook, { now, where });
  return policy === undefined ? verdict : shownSettings(verdict, policy);
}
