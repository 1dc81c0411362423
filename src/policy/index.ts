export type { Policy, PolicyText, Verdict, VerdictKind } from './contract.ts';
export { policyFor } from './default-policy.ts';
export type { JudgedFacts } from './facts.ts';
export { judge } from './judge.ts';
export { judgedImage, publishedPlace } from './judged-image.ts';
export { openRulebook } from './rulebook.ts';
export { rules } from './rules/index.ts';
export { parseThreshold } from './threshold.ts';
export { policyFromYaml } from './yaml.ts';
