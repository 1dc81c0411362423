export {
  packageBounds,
  problemWords,
  readFingerprint,
  type VerifiedEvidence,
  verifyEvidenceFile,
} from './evidence/package/verify/index.ts';
export { asChecks } from './evidence/as-checks.ts';
export { openOwnTemplate, readOwnTemplate } from './evidence/own-template.ts';
export { controlTemplates } from './evidence/templates.ts';
export type { OwnTemplate } from './contract-templates.ts';
