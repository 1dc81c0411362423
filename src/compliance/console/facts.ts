import { fact } from '#store/index.ts';

/** Facts that were not seen before: they wait to be evaluated. `ids`: of `compliance.facts`; a few hundred at most. */
export const factsAppeared = fact<{ readonly ids: readonly string[] }>('compliance-facts-appeared');

/** What holds of a subject on this host changed. */
export const complianceChanged = fact<{ readonly host: string }>('compliance-changed');

/** A check that was written here is another, or gone: what is kept is evaluated again. */
export const checksChanged = fact<{ readonly check: string }>('compliance-checks-changed');

/** A compliance rule is another, or gone. */
export const complianceRulesChanged = fact<{ readonly rule: string }>('compliance-rules-changed');

/** Something by which subjects of this host are judged is another, or time ended it. */
export const hostOutdated = fact<{ readonly host: string }>('compliance-host-outdated');

/** Results of a host's subjects were written down, with what is to be told of them. */
export const hostJudged = fact<{ readonly host: string }>('compliance-host-judged');

/** A host reported what became of an order to stop a container. */
export const containerStopped = fact<{ readonly host: string; readonly order: string }>('compliance-container-stopped');

/** What exceptions of checks hold is another. */
export const checkExceptionsChanged = fact<{ readonly exception: string }>('compliance-exceptions-changed');

/** An operator's list is another: what is kept is evaluated again. */
export const operatorListsChanged = fact<{ readonly list: string }>('operator-lists-changed');

/** The console's own verification of the evidence log found something else than the last time. */
export const evidenceLogVerified = fact<{ readonly state: string }>('evidence-log-verified');
