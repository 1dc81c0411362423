export { listBuilds, previousBuild } from './builds.ts';
export { type Disagreement, disagreementsOf, listDisagreements } from './disagreements.ts';
export { readSpeakingExecutables } from './executables.ts';
export { catalogStored, scanForgotten, type ScanOfSubject, voiceChanged, witnessesDisagree } from './facts.ts';
export { type PublishOptions, storePublication } from './publish.ts';
export { mayReadScan } from './readers.ts';
export {
  listScans,
  readScan,
  readScanJson,
  readScanRecord,
  readScanRecords,
  readSpeakingScan,
  readSubject,
  type ScanRecord,
  type StoredScan,
} from './scans.ts';
export { catalogSchema } from './schema.ts';
export { catalogHandlers, type CatalogService, createCatalog } from './service.ts';
export { readTrustedScans } from './trusted-scans.ts';
export { listCurrentScans } from './voice.ts';
export { voiceKey } from './witness.ts';
