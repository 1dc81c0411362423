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
export { type BehaviourDiff, behaviourDiff } from './behaviour-diff.ts';
export { type Classified, classify } from './classify.ts';
export { compareExecutables } from './compare-executables.ts';
export { converge, type Converging, isActive, isProtectReady, modelStateOf } from './converge.ts';
export { retire, silentDays } from './decay.ts';
export { detect, type Detected, type Detecting } from './detect.ts';
export type { Detector } from './detector.ts';
export { detectors } from './detectors/index.ts';
export { factOf } from './fact-of.ts';
export type { Grade } from './grade.ts';
export { type IncidentGroup, joinIncidents } from './incident.ts';
export { inherit, type Inheriting, isSameLineage, type Lineage, suggestions } from './inherit.ts';
export { itemKeyOf } from './item-key.ts';
export { learn, type Learner, learnerOf, type Learning } from './learn.ts';
export { modelIdOf } from './model-id.ts';
export { indexModel, isTrusted, type ModelIndex, type Release } from './model-index.ts';
export { modelLine } from './model-line.ts';
export { policyOf, type PolicyEdge, type RuntimePolicy, unlearnedEffect } from './policy-of.ts';
export { printable, printableWords } from './printable.ts';
export { ruleFor } from './rule-for.ts';
export { hasArguments, isLoader, runsCode } from './programs.ts';
export type { ExecutableChange } from './executable.ts';
export { settle } from './settle.ts';
