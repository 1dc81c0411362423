export type { Remedy, RemedyFor } from './contract-words.ts';
