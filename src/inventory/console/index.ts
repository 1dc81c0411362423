export {
  type ContainerInPlace,
  countRunningOf,
  readContainersOfSubjects,
  type PlacedContainer,
  readContainersOnHost,
  readPlacesOnHost,
  readRunningNamed,
  readRunningContainers,
  readRunningKeys,
  readRunningOnHost,
  type RunningContainer,
  whereRuns,
  subjectsKnownOnHost,
} from './containers-in-place.ts';
export { concernsOf, placesIn } from './concerns.ts';
export { containersChanged, hostChanged, subjectPlaced } from './facts.ts';
export { digestsNamed } from './digests-named.ts';
export { inventoryHandlers } from './handlers.ts';
export { placedSubjects, readHostNames, readHosts, readHostState, readListedHosts } from './hosts.ts';
export { type Placement, placementsOf, readPlacements } from './placements.ts';
export { contextsOf } from './running-contexts.ts';
export { type ContainerProtections, protectionKey } from './protections.ts';
export { createInventory, type InventoryService } from './service.ts';
export { readImageNames } from './image-names.ts';
export { inventorySchema } from './schema.ts';
export { hostsHolding, type HostStarts, type ImageOnHost, readHostEnvironments, readHostStarts } from './starts.ts';
export { usedFiles } from './used-files.ts';
export { type View, viewOf } from './view.ts';
export { readVisibleHosts } from './visible-hosts.ts';
