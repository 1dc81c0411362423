export { isInCollection, matchesPattern, repositoryOf, type Selectable } from './collection.ts';
