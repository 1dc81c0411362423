export { type Answer, type BreakGlass, decide, type LedgerState } from './decide.ts';
export { ledgerPurpose } from './ledger-purpose.ts';
export * from './settings/index.ts';
export { signLedger } from './sign-ledger.ts';
export { verifySignedLedger } from './verify-ledger.ts';
