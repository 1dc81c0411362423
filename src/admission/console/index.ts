export { readDecision } from './decisions.ts';
export { admissionRulesChanged, decisionsChanged, ledgerTroubleChanged, startUnarmed } from './facts.ts';
export { isAnyClusterConnected } from './kubernetes-webhook/clusters.ts';
export { createKubernetesWebhook } from './kubernetes-webhook/service.ts';
export { readTroubles } from './ledger-troubles.ts';
export { decisionRoutes } from './routes.ts';
export { admissionSchema } from './schema.ts';
export { admissionHandlers, type AdmissionService, createAdmission } from './service.ts';
