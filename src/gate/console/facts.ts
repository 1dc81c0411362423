import { fact } from '#store/index.ts';

/** Which gates stand on a host, what runs past them, or what root let start is another. */
export const gateChanged = fact<{ readonly host: string }>('gate-changed');

/** A gate let a start through that it had to refuse, when the agent tried it. `at`: the moment of the trial. */
export const canaryPassed = fact<{ readonly host: string; readonly at: string }>('canary-passed');

/** A ring of a host let starts through that lines in force block. `at`: when the host said it. */
export const trialPassed = fact<{ readonly host: string; readonly at: string }>('trial-passed');
