import { fact } from '#store/index.ts';

/** Facts that were not seen before: they wait to be evaluated. `id`: of `compliance.facts`. */
export const factsAppeared = fact<{ readonly id: string }>('compliance-facts-appeared');

/** What holds of a subject on this host changed. */
export const complianceChanged = fact<{ readonly host: string }>('compliance-changed');

/** A compliance rule is another, or gone. */
export const complianceRulesChanged = fact<{ readonly rule: string }>('compliance-rules-changed');

/** An operator's list is another: what is kept is evaluated again. */
export const operatorListsChanged = fact<{ readonly list: string }>('operator-lists-changed');
