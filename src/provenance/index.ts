export type { Provenance } from './contract.ts';
export { isInScope, parseScope } from './scope.ts';
