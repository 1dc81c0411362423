import { fact } from '#store/index.ts';

/** An admission rule was saved or deleted, or their order changed. */
export const admissionRulesChanged = fact<{ readonly rule: string }>('admission-rules-changed');

/** Gates of a host answered. */
export const decisionsChanged = fact<{ readonly host: string }>('decisions-changed');

/** The ledger of a host cannot be made, or can be made again. */
export const ledgerTroubleChanged = fact<{ readonly host: string }>('ledger-trouble-changed');

/** A container ran before its sensor had armed it. */
export const startUnarmed = fact<{ readonly host: string; readonly decision: string }>('start-unarmed');
