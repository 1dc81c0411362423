export type { BuildStep, FileSystemSubject, ImageSubject, Layer, Platform, RunSettings, Subject } from './contract.ts';
export { type Fault, type FaultCode, faultCatalogue } from './fault.ts';
export { createFaultList, type FaultList } from './fault-list.ts';
export { openTarget } from './open-target.ts';
export { folderOf, nameOf, shownPath } from './path.ts';
export { hostPlatform } from './platform.ts';
export { readFolder } from './read-folder.ts';
export { readLayer, type ReadLayerOptions } from './read-layer.ts';
export {
  defaultLimits,
  type ImageSource,
  type LayerBlob,
  type LayerFile,
  type LayerPass,
  type LayerVisitor,
  type OpenedFolder,
  type OpenedImage,
  type OpenedTarget,
  type OpenOptions,
  type ScanLimits,
} from './source.ts';
export { type DockerImage, dockerVersion, listDockerImages } from './sources/docker/index.ts';
export { sources } from './sources/index.ts';
