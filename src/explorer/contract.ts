/** The read models of the estate, as pages and programs ask for them. */
export * from './contract-attestations.ts';
export * from './contract-counts.ts';
export * from './contract-estate.ts';
export * from './contract-evidence.ts';
export * from './contract-findings.ts';
export * from './contract-health.ts';
export * from './contract-images.ts';
export * from './contract-imported.ts';
export * from './contract-templates.ts';
export * from './contract-package.ts';
export * from './contract-query.ts';
