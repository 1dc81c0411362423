export { type BackupContent, readBackup, writeBackup } from './backup/backup-file.ts';
export { readSecret } from './backup/key.ts';
export { withDatabase } from './backup/place.ts';
export { restoreBackup } from './backup/restore-backup.ts';
export { withSession } from './backup/session.ts';
export type { KeyFile } from './backup/schema.ts';
export type { BackupProgress } from './backup/take-backup.ts';
export { majorOfPrograms } from './embedded/binaries.ts';
export { dataFolderOf } from './embedded/folders.ts';
export type { Address } from './database.ts';
export { isDiskFull } from './disk-full.ts';
export { openStore, type StorePlace } from './open.ts';
export { packJson, packText, unpackBytes, unpackJson } from './packed-json.ts';
export { settleRestored } from './restored.ts';
export {
  type DomainSchema,
  fact,
  type Keyed,
  type Notice,
  type Queries,
  type Reaction,
  type Store,
  type Transaction,
  when,
  whenDistinct,
  whenMany,
} from './store.ts';
export { openWaits, type Waits } from './waits.ts';
export { reachStore, type ReachedStore } from './reach.ts';
