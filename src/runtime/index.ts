export { emptyEvidence, mergeEvidence } from './evidence.ts';
export { detectors } from './detectors/index.ts';
export { itemKeyOf } from './item-key.ts';
export { modelIdIn } from './model-id.ts';
