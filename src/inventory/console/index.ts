export { containersChanged, hostChanged, subjectPlaced } from './facts.ts';
export { inventoryHandlers } from './handlers.ts';
export { type HostState, placedSubjects, readHostNames, readHosts, readHostState } from './hosts.ts';
export { type Placement, placementsOf, readPlacements, type RunningContainer } from './placements.ts';
export { type ContainerGroup, contextsOf } from './running-contexts.ts';
export { createInventory, type InventoryService } from './service.ts';
export { inventorySchema } from './schema.ts';
export { type UsedFile, usedFiles } from './used-files.ts';
