export type { Collecting, DescribedContainer } from './collector.ts';
export { collectors } from './collectors/index.ts';
export { containerCommand } from './collectors/docker/container-fact.ts';
export { environmentOf, type EnvironmentSettings } from './environment.ts';
export * from './facts/index.ts';
export { createHostReport, type HostReport } from './host.ts';
export { createReporter, type Reporter } from './reporter.ts';
export { UseWatch } from './use/use-watch.ts';
