export { collectHost, type HostToCollect } from './collect-host.ts';
export type { EngineContents } from './engine.ts';
export { type EnginePlaces, usualEnginePlaces } from './engine-places.ts';
