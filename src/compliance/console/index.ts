export { checksChanged, complianceChanged, factsAppeared } from './facts.ts';
export { complianceSchema } from './schema.ts';
export { complianceHandlers, type ComplianceService, createCompliance } from './service.ts';
