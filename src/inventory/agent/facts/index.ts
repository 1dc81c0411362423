export {
  type CollectedEngine,
  collectEngine,
  collectServices,
  type RememberedFile,
} from './engine/index.ts';
export { createFileMemory } from './file-memory.ts';
export {
  type Ask,
  askByFetch,
  collectRegistry,
  connectByTls,
} from './registry/index.ts';
