export {
  everything,
  holdsRepository,
  isInCollection,
  matchesPattern,
  repositoryOf,
  type Selectable,
} from './collection.ts';
export { rolePermissions } from './contract.ts';
export { sessionPermissions } from './roles.ts';
