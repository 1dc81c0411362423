export { type BackupContent, readBackup, writeBackup } from './backup-file.ts';
export { readSecret } from './key.ts';
export { withDatabase } from './place.ts';
export { restoreBackup } from './restore-backup.ts';
export type { KeyFile } from './schema.ts';
export type { BackupProgress } from './take-backup.ts';
