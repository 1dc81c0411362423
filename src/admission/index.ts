export { type Answer, type BreakGlass, decide, type Standing, type StartRequest } from './decide.ts';
export { ledgerPurpose } from './ledger-purpose.ts';
export { ruleFor } from './rule-for.ts';
export * from './settings/index.ts';
export { signLedger } from './sign-ledger.ts';
export { verifySignedLedger } from './verify-ledger.ts';
