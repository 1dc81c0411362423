export { certificateFingerprint, checkAgentSignature } from './agent-signature.ts';
