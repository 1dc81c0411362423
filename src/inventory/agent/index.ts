export type { Collecting, DescribedContainer } from './collector.ts';
export { collectors } from './collectors/index.ts';
export { containerCommand } from './collectors/docker/container-fact.ts';
export { environmentOf, type EnvironmentSettings } from './environment.ts';
export * from './facts/index.ts';
export { createHostReport, type HostReport } from './host.ts';
export { createReporter, type Reporter } from './reporter.ts';
export { UseWatch } from './use/use-watch.ts';
<<<<<<< HEAD
export { type AskEngine, askEngine } from './view/ask-engine.ts';
export { engineView } from './view/engine-view.ts';
export { lowersOf, parseMountinfo } from './view/host-mounts.ts';
export { openHostView } from './view/host-view.ts';
export { InspectedContainer, InspectedImage, InspectedNetwork } from './view/schema.ts';
=======
export { collectHost } from './facts/host/collect-host.ts';
export type { EngineContents } from './facts/host/engine.ts';
export type { EnginePlaces } from './facts/host/engine-places.ts';
>>>>>>> c67b6d15f940cd3bdf5efaef66b475fd668b124b
