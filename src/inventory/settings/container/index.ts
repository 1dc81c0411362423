export { containerOfCreate, containerOfFiles, containerOfInspect } from './of-engine.ts';
export { sensitivityLabel } from './namespaces.ts';
export { judgedLimits } from './resources.ts';
export { type Around, nothingAround, type Surroundings, surroundingsOfInfo, withFacts } from './surroundings.ts';
export { type AroundSpec, containerOfSpec } from './of-spec.ts';
export {
  type CgroupSeen,
  containerOfProcesses,
  type EffectiveFields,
  type Namespaces,
  type ProcessesSeen,
  type ProcessSeen,
  withProcesses,
} from './of-processes.ts';
