export { headText, rowText } from './canonical.ts';
export type { InclusionProof, LogHead, LogRow, SignedHead } from './log.ts';
export { isIncluded, leafHash, proofsOf, rootOf } from './merkle.ts';
export { headHash, isSignedBy, keyFingerprint, readPublicKey, signHead } from './sign-head.ts';
export {
  type LogExtract,
  type LogFault,
  type LogVerification,
  openVerification,
  type ProvenLeaf,
} from './verify-log.ts';
