export { readDecision } from './decisions.ts';
export { admissionRulesChanged, canaryPassed, decisionsChanged, gateChanged, startUnarmed } from './facts.ts';
export { readGate } from './gates.ts';
export { createKubernetesWebhook } from './kubernetes-webhook/service.ts';
export { gateRoutes } from './routes.ts';
export { admissionSchema } from './schema.ts';
export { admissionHandlers, type AdmissionService, createAdmission } from './service.ts';
