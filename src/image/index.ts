export type { BuildStep, FileSystemSubject, ImageSubject, Layer, Platform, RunSettings, Subject } from './contract.ts';
export { type Fault, type FaultCode, faultCatalogue } from './fault.ts';
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
