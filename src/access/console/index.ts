export { type Access, createAccess } from './access.ts';
export { type Account, readAccounts, type WorkingToken } from './accounts.ts';
export {
  backupsChanged,
  claimBackup,
  noteBackup,
  noteTakenBackup,
  noteBackupSchedule,
  noteFailedBackup,
  readBackups,
  watchBackups,
} from './backups.ts';
export type { Demo, Vault } from './dependencies.ts';
export { openProvider } from './oidc/provider.ts';
export { readProviderSettings } from './oidc/settings.ts';
export { type Author, audit, authorOf, theConsole } from './audit.ts';
export { type HeldHead, readAuditHead } from './audit-heads.ts';
export { auditKeysReset, holdsKeyedEntries } from './audit-keys.ts';
export { checkCollections, collectionsChanged, readCollections } from './collections.ts';
export { exceptionOfRow, stateOfException } from './exception-row.ts';
export { holdTokens, readRestored } from './restored.ts';
export { readRetention } from './retention.ts';
export { accessSchema } from './schema.ts';
export { countSessions } from './sessions.ts';
export { readTokenWorth, type TokenWorth, tokenWorthChanged } from './token-worth.ts';
export { personBehind } from './person.ts';
export { checkScope, type Writer, writerOf } from './writer.ts';
export { checkExceptionRoom, checkMayCancel, checkOtherPerson } from './other-person.ts';
