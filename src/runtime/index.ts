export { emptyEvidence, mergeEvidence } from './evidence.ts';
export { codeVerdictOf } from './code-verdict.ts';
export { detectors } from './detectors/index.ts';
export { entryKeyOf } from './entry-key.ts';
export { signedBytesOf } from './signed-code.ts';
export { stoppableBy } from './mechanisms.ts';
export { modelIdIn } from './model-id.ts';
