export { type ImageBuild, listBuilds, previousBuild, recentBuilds } from './builds.ts';
export { readChoice } from './choice.ts';
export { readComingScans } from './coming-scans.ts';
export { countsIn, listCountingScans, readCountingScans, readSilencedScans } from './counting.ts';
export type { CountingRow } from './counting-row.ts';
export { type Difference, differencesOf } from './differences.ts';
export { readShownExecutables } from './executables.ts';
export {
  catalogStored,
  countingOutdated,
  countingScansChanged,
  publishersDiffer,
  scanForgotten,
  type ScanOfSubject,
} from './facts.ts';
export { type PublishOptions, storePublication } from './publish.ts';
export { publishedHints } from './published-hints.ts';
export { mayReadScan } from './readers.ts';
export {
  listScans,
  readDescription,
  readScan,
  readScanJson,
  readScanRecord,
  readScanRecords,
  readShownRecords,
  readShownScan,
  readSubject,
  type ScanRecord,
  type StoredScan,
} from './scans.ts';
export { catalogSchema } from './schema.ts';
export { catalogHandlers, type CatalogService, createCatalog } from './service.ts';
