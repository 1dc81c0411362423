export { containerOfCreate, containerOfFiles, containerOfInspect } from './of-engine.ts';
export { sensitivityLabel } from './namespaces.ts';
export { judgedLimits } from './resources.ts';
export { type Around, nothingAround, type Surroundings, surroundingsOfInfo, withFacts } from './surroundings.ts';
