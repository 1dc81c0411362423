export { policyChanged, verdictChanged, verdictOutdated } from './facts.ts';
export { policySchema } from './schema.ts';
export { createPolicy, type PolicyService } from './service.ts';
export { usualStaleDays } from './settings.ts';
export { readVerdict, type StoredVerdict } from './verdicts.ts';
