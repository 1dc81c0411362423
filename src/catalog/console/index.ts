export { mayReadScan } from './readers.ts';
export { createCatalog } from './service.ts';
export { catalogStored, type ScanOfSubject } from './facts.ts';
export {
  listCurrentScans,
  listScans,
  readScan,
  readScanJson,
  readScanRecord,
  readSubject,
  type ScanRecord,
  type StoredScan,
} from './scans.ts';
export { catalogSchema } from './schema.ts';
