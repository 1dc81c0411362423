export { hostReported } from './facts.ts';
export { readHost, readHosts } from './hosts.ts';
export { createInventory } from './service.ts';
export { inventorySchema } from './schema.ts';
