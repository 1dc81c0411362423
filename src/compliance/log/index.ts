export { rowText } from './canonical.ts';
export { faultPlace } from './fault-place.ts';
export { followHandOvers, type SignedHandOver, signHandOver } from './hand-over.ts';
export type { LogHead, LogRow, SignedHead } from './log.ts';
export { leafHash, proofsOf, rootOf } from './merkle.ts';
export { headHash, keyFingerprint, readPublicKey, signHead } from './sign-head.ts';
export {
  type LogFault,
  openVerification,
  type ProvenLeaf,
} from './verify-log.ts';
