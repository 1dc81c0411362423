export type { Collecting, CollectorOptions, IdentifyImage, RunningContainer } from './collector.ts';
export { collectors } from './collectors/index.ts';
export type { EnvironmentSettings } from './environment.ts';
export { createReporter, type FactSink, type Reporter } from './reporter.ts';
