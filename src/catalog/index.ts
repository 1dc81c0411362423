export { type AnalyzeOptions, type AnalyzeProgress, analyzeTarget } from './analyze.ts';
export {
  type Analysis,
  type AnalyzedFile,
  type Analyzer,
  type ArchiveLimits,
  type FoundPackage,
  nothing,
} from './analyzer.ts';
export type { Catalog, Distribution, Job, Package, PackageType, ScanPublication } from './contract.ts';
export { analyzers } from './analyzers/index.ts';
