export { containerOfCreate, containerOfFiles, containerOfInspect } from './of-engine.ts';
export { containerOfBundle } from './of-bundle.ts';
export { foldersOf } from './mounts.ts';
export { notSeenBy, type StartDocument, startDocuments } from './not-seen.ts';
export { createDocumentForm, specDocumentForm } from './schema.ts';
export { otherContainer } from './namespaces.ts';
export { judgedLimits } from './resources.ts';
export { type Around, nothingAround, type Surroundings, surroundingsOfInfo, withFacts } from './surroundings.ts';
export { containerOfSpec } from './of-spec.ts';
export {
  type CgroupSeen,
  containerOfProcesses,
  type Namespaces,
  type ProcessesSeen,
  type ProcessSeen,
  withProcesses,
} from './of-processes.ts';
