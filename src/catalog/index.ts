export { analyzeTarget } from './analyze.ts';
export type { Catalog, Package, PackageType, ScanPublication } from './contract.ts';
export { analyzers } from './analyzers/index.ts';
