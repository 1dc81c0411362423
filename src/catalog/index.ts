export { analyzeTarget } from './analyze.ts';
export type { Catalog, Executable, Package, PackageType, ScanPublication } from './contract.ts';
export { analyzers } from './analyzers.ts';
export { codeKindOf } from './code-file.ts';
export { documentDigest } from './document-digest.ts';
export { executablesAnalyzer } from './executables/analyzer.ts';
export type { ExecutablesWanted } from './executables/layer-executables.ts';
export { unpackExecutables } from './executables/packed.ts';
