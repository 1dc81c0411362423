export { isInCollection, matchesPattern, repositoryOf, type Selectable } from './collection.ts';
export { rolePermissions, sessionPermissions } from './roles.ts';
