export { type Answer, type BreakGlass, decide, type LedgerState } from './decide.ts';
export { ledgerPurpose } from './ledger-purpose.ts';
export { settingsFor, settingsIn } from './settings-for.ts';
export { type CheckSettings, settingsOfChecks } from './settings-of-checks.ts';
export { signLedger } from './sign-ledger.ts';
export { verifySignedLedger } from './verify-ledger.ts';
