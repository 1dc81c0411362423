export {
  packageBounds,
  problemWords,
  readFingerprint,
  type VerifiedEvidence,
  verifyEvidenceFile,
} from './evidence/package/verify/index.ts';
