export type {
  BehaviourFact,
  Convergence,
  Detection,
  Dimension,
  Evidence,
  Fact,
  Hours,
  Item,
  Model,
  ModelKey,
  RuntimeRule,
} from './contract.ts';
export {
  type CodeSighting,
  type ExecSighting,
  modelKeyOf,
  type Origin,
  type SeenContainer,
  type SensorReason,
  type SensorVerdict,
  type Sighting,
} from './event.ts';
export { emptyEvidence, evidenceUntil, isPartial, mergeEvidence } from './evidence.ts';
export { dayOf, hourOf } from './hours.ts';
export { itemKeyOf } from './item-key.ts';
export { modelIdOf } from './model-id.ts';
