/** All that a scan needs to find packages, match them and weigh what is said of them; loaded only where no earlier scan tells. */
export { analyzers, analyzeTarget, openMalwareSet } from '#catalog/index.ts';
export { imageDocumentOf } from '#compliance/index.ts';
export { applyStatements, matchCatalog, readIgnoreFile, readVex, upgradesOf } from '#vulnerability/index.ts';
