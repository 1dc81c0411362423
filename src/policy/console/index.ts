export { policyChanged, verdictChanged, verdictOutdated } from './facts.ts';
export { policyInForce, putInForce } from './policies.ts';
export { type PolicyTables, policySchema } from './schema.ts';
export { createPolicy, type PolicyService, type PolicyServiceOptions } from './service.ts';
export { usualStaleDays } from './settings.ts';
export { readVerdict, type StoredVerdict } from './verdicts.ts';
