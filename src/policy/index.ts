export type { Effect, Policy, Rule, Threshold, Verdict, VerdictKind, Violation } from './contract.ts';
