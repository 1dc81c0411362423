export type { Provenance } from './contract.ts';
export { provenAt } from './proven-at.ts';
export { isInScope, parseScope } from './scope.ts';
