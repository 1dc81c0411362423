export { emptyEvidence, mergeEvidence } from './evidence.ts';
export { detectors } from './detectors/index.ts';
export { itemKeyOf } from './item-key.ts';
export { modelIdOf } from './model-id.ts';
