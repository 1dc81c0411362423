export { type CollectedEngine, collectEngine, type EngineQuestion } from './collect-engine.ts';
export { collectServices, type LooksSecret } from './collect-services.ts';
