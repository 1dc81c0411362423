export { sweepCache, writeCacheFile } from './cache-file.ts';
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
export { type DigestKeeping, keptDigestsOf } from './kept-digests.ts';
export { openTarget, platformsOf } from './open-target.ts';
export { folderOf } from './path.ts';
export { pathList, pathsAmong, pathsIn } from './path-list.ts';
export { hostPlatform, shownPlatform } from './platform.ts';
export { isPrivate, readRecord, type RecordFolder, writeRecord } from './private-record.ts';
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
  type UnopenedPlatform,
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
  placeOfHost,
  type Registry,
  type RegistryAccess,
  type RegistryDocument,
  servedAt,
  type StoredImage,
  storeRegistryImage,
  usualPatience,
} from './sources/registry/index.ts';
export { sources } from './sources/index.ts';
export { TarParser } from './tar/parser.ts';
export { withoutSecrets } from './without-secrets.ts';
