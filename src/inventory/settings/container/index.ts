export { containerOfCreate, containerOfFiles, containerOfInspect } from './of-engine.ts';
export { type Bundle, containerOfBundle } from './of-bundle.ts';
export { foldersOf, propagationOf } from './mounts.ts';
export { notSeenBy, type StartDocument, startDocuments } from './not-seen.ts';
export { createDocumentForm, specDocumentForm } from './schema.ts';
export { otherContainer } from './namespaces.ts';
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
