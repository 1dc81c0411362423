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
export { type Classified, classify } from './classify.ts';
export { converge, type Converging, isActive, isProtectReady, modelStateOf } from './converge.ts';
export { factOf } from './fact-of.ts';
export type { Grade } from './grade.ts';
export { itemKeyOf } from './item-key.ts';
export { learn, type Learner, learnerOf, type Learning } from './learn.ts';
export { modelIdOf } from './model-id.ts';
export { hasArguments, isLoader, runsCode } from './programs.ts';
export { settle } from './settle.ts';
