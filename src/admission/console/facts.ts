import { fact } from '#store/index.ts';

/** An admission rule was saved or deleted, or their order changed. */
export const admissionRulesChanged = fact<{ readonly rule: string }>('admission-rules-changed');

/** Gates of a host answered. */
export const decisionsChanged = fact<{ readonly host: string }>('decisions-changed');

/** Which gates stand on a host, what runs past them, or what root let start is another. */
export const gateChanged = fact<{ readonly host: string }>('gate-changed');

/** A container ran before its sensor had armed it. */
export const startUnarmed = fact<{ readonly host: string; readonly decision: string }>('start-unarmed');

/** A gate let a start through that it had to refuse, when the agent tried it. `at`: the moment of the trial. */
export const canaryPassed = fact<{ readonly host: string; readonly at: string }>('canary-passed');
