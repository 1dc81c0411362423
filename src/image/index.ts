export type { ImageSubject, Layer, Platform, Subject } from './contract.ts';
export {
  countFaults,
  type Fault,
  type FaultCode,
  type FaultKind,
  faultCatalogue,
  faultKindOf,
  isReadingFault,
} from './contract-fault.ts';
export { type ImageName, parseImageName, repositoryOf } from './image-name.ts';
export { openTarget } from './open-target.ts';
export { folderOf } from './path.ts';
export { hostPlatform } from './platform.ts';
export { readFolder } from './read-folder.ts';
export { readLayer, type ReadLayerOptions } from './read-layer.ts';
export {
  defaultLimits,
  type EntryHeader,
  type FileSink,
  type LayerBlob,
  type LayerFile,
  type LayerPass,
  type LayerVisitor,
  type LayerWatcher,
  type Spans,
  type OpenedFolder,
  type OpenedImage,
  type OpenedTarget,
  type ScanLimits,
} from './source.ts';
export {
  configDigestOf,
  describeEngine,
  engineBuild,
  imagePlaces,
  isBelow,
  layerFoldersOf,
  nearestBase,
  unpackedLayers,
} from './sources/docker/index.ts';
export {
  type Attached,
  type Credentials,
  dockerCredentials,
  fetchDocument,
  fetchManifest,
  fetchReferrers,
  fetchSignatureTag,
  openRegistry,
  type Registry,
  type RegistryAccess,
  type RegistryDocument,
  servedAt,
  type StoredImage,
  storeRegistryImage,
  usualPatience,
} from './sources/registry/index.ts';
export { sources } from './sources/index.ts';
export { withoutSecrets } from './without-secrets.ts';
