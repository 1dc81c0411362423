export type { Effect, Policy, Rule, Threshold, Verdict, VerdictKind, Violation } from './contract.ts';
export { defaultPolicy, type PolicyOptions, policyFor } from './default-policy.ts';
export type { JudgedFacts } from './facts.ts';
export { judge, type JudgeOptions } from './judge.ts';
export { rules } from './rules/index.ts';
export { parseThreshold } from './threshold.ts';
