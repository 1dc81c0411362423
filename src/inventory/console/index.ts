export { hostReported } from './facts.ts';
export { hostsOfSubject, type Presence, readHost, readHosts, subjectsOfHost } from './hosts.ts';
export { createInventory, type InventoryService } from './service.ts';
export { inventorySchema, type InventoryTables } from './schema.ts';
