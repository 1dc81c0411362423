export { analyzeTarget } from './analyze.ts';
export type { Catalog, Executable, Package, PackageType, ScanPublication } from './contract.ts';
export { analyzers } from './analyzers.ts';
export { familyOf } from './bills/index.ts';
export { canonicalText } from './canonical-text.ts';
export { chosenIn } from './choice.ts';
export { codeKindOf } from './code-file.ts';
export { documentDigest } from './document-digest.ts';
export { executablesAnalyzer } from './executables/analyzer.ts';
export type { ExecutablesWanted } from './executables/layer-executables.ts';
export { unpackExecutables } from './executables/packed.ts';
export { imageFactsOfConfig } from './image-facts/of-config.ts';
export { imageFactsAnalyzer } from './image-facts/analyzer.ts';
export { imageFactsOfKept } from './image-facts/of-scan.ts';
export { openMalwareSet } from './malware/search-image.ts';
export type { WantedScripts } from './scripts/run-scripts.ts';
export { findScriptRunner } from './scripts/script-runner.ts';
export { layerBlobsOfManifest } from './image-facts/of-manifest.ts';
export { type ReferenceContext, referenceFacts } from './image-facts/of-reference.ts';
export type {
  EnvironmentVariable,
  ImageShape,
  ImageStep,
  ModeOfFile,
  ReferenceShape,
} from './image-shape.ts';
