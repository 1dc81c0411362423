export { addedByWords, capabilityName, grantedByWords } from './capabilities.ts';
export { isWholePath } from './create-mounts.ts';
export { isDisk } from './devices.ts';
export { type EngineView, type HostView, type NamedContainer, usualSockets } from './host-view.ts';
export { kernelFileSystems, usualMasked, usualReadonly } from './kernel-paths.ts';
export { mostDevices, mostMounts } from './limits.ts';
export { settingsOfCreate } from './of-create.ts';
export { settingsOfSpec } from './of-spec.ts';
export { settingsOfVolume } from './of-volume.ts';
export { holdsPath, plainPath } from './path.ts';
export { PathTree } from './path-tree.ts';
export { type GivenMounts, moreMounts } from './place.ts';
export { CreateRequest, RuntimeSpec } from './schema.ts';
export {
  type ContainerSettings,
  type HostDevice,
  type HostMount,
  nothingOfHost,
  type SharedNamespace,
} from './settings.ts';
export * from './container/index.ts';
export type * from './container-shape.ts';
export { isUsualCapability } from './capabilities.ts';
export { networkOfContainers, type NetworkShape } from './network-shape.ts';
