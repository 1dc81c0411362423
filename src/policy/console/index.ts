export { exceptionsChanged, policyChanged, verdictChanged, verdictOutdated } from './facts.ts';
export { judgeComing } from './judge-coming.ts';
export { policySchema } from './schema.ts';
export { createPolicy, localPolicyRoutes, type PolicyService } from './service.ts';
export { usualStaleDays } from '../settings.ts';
export {
  type PlacedVerdict,
  readPlacedVerdicts,
  readEnvironmentVerdicts,
  readVerdict,
  readVerdicts,
  readWholeVerdicts,
  type EnvironmentVerdict,
  type StoredVerdict,
} from './verdicts.ts';
