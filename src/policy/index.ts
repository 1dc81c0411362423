export type { Policy, Verdict, VerdictKind } from './contract.ts';
export { policyFor } from './default-policy.ts';
export type { JudgedFacts } from './facts.ts';
export { judge } from './judge.ts';
export { rules } from './rules/index.ts';
export { parseThreshold } from './threshold.ts';
