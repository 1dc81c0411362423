export { type CollectedEngine, collectEngine } from './collect-engine.ts';
export { collectServices } from './collect-services.ts';
export type { RememberedFile } from './start-file.ts';
