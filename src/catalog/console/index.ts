export { mayReadScan } from './readers.ts';
export { type CatalogService, createCatalog } from './service.ts';
export { catalogStored, type ScanOfSubject } from './facts.ts';
export {
  currentScan,
  listCurrentScans,
  listScans,
  readScan,
  readScanRecord,
  readSubject,
  type ScanRecord,
  type StoredScan,
  type StoredSubject,
} from './scans.ts';
export { catalogSchema, type CatalogTables, type Witness } from './schema.ts';
export { subjectIdOf } from './subject-id.ts';
