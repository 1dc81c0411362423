export { type CollectedEngine, collectEngine, type EngineQuestion } from './collect-engine.ts';
export { collectServices, type LooksSecret } from './collect-services.ts';
export type { RememberedFile } from './start-file.ts';
