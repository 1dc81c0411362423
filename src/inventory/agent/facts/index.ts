export {
  type CollectedEngine,
  collectEngine,
  collectServices,
  type RememberedFile,
} from './engine/index.ts';
export { createFileMemory, type FileMemory } from './file-memory.ts';
export {
  type Ask,
  askByFetch,
  collectRegistry,
  type ConnectTls,
  connectByTls,
  type RegistryQuestion,
} from './registry/index.ts';
