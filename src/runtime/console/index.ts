export {
  evidenceChanged,
  incidentsChanged,
  entriesDecided,
  modelActivated,
  awaitedStarted,
  modelAppeared,
  modelChanged,
  modelsPlaced,
  runtimeRulesChanged,
  sensorChanged,
} from './facts.ts';
export {
  type ContainerModel,
  type OpenIncident,
  readContainerModels,
  readHostsOfIncidents,
  readHostsOfModels,
  readOpenIncidents,
  readSensorStates,
} from './evidence-of-protection.ts';
export { containerProtections } from './protections.ts';
export { usualBucketSeconds } from './dependencies.ts';
export { runtimeSchema } from './schema.ts';
export { createRuntime, runtimeHandlers, type RuntimeService } from './service.ts';
