export { checkSeverities, type CheckSeverity } from './contract-words.ts';
