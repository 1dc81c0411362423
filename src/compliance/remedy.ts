export type { Remedy } from './contract-words.ts';
