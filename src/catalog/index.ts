export {
  type Analysis,
  type AnalyzedFile,
  type Analyzer,
  type ArchiveLimits,
  type FoundPackage,
  nothing,
} from './analyzer.ts';
export type { Catalog, Distribution, Job, Package, PackageType, ScanPublication } from './contract.ts';
