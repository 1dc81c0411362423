export {
  checksChanged,
  complianceChanged,
  complianceRulesChanged,
  factsAppeared,
  operatorListsChanged,
} from './facts.ts';
export { readLists } from './operator-lists.ts';
export { readComplianceRules } from './rules.ts';
export { complianceSchema } from './schema.ts';
export { complianceHandlers, type ComplianceService, createCompliance } from './service.ts';
export { ofContainers, readStartRules, type StartRules } from './start-rules.ts';
