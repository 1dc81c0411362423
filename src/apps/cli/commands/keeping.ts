import type { CommandEntry, OptionEntry } from '../command.ts';
import { quiet } from './shared-options.ts';

const keyFile: OptionEntry = {
  flags: '--key-file <file>',
  summary: 'passphrase or random bytes that seal the backup (SEAWALL_BACKUP_KEY_FILE)',
};
const db: OptionEntry = {
  flags: '--db <file>',
  summary: 'vulnerability database (SEAWALL_DB, else the one of this user)',
};

/** `seawall backup` and `seawall restore`. */
export const keepingCommands: readonly CommandEntry[] = [
  {
    name: 'backup',
    usage: '',
    summary: 'Write all that the console keeps, keys among it, into one sealed file; the console goes on',
    examples: [
      'seawall backup --key-file backup.key --to /backups',
      'seawall backup --key-file backup.key --out before-upgrade.backup',
    ],
    options: [
      { flags: '--out <file>', summary: 'write this file; one that is there is replaced once the new one is whole' },
      { flags: '--to <folder>', summary: 'write a file named by the time into this folder (SEAWALL_BACKUP_DIR)' },
      keyFile,
      { flags: '--with-vulnerability-database', summary: 'hold the vulnerability database too' },
      db,
      quiet,
    ],
    load: () => import('./backup.ts'),
  },
  {
    name: 'restore',
    usage: '[file]',
    summary: 'Bring a backup back where nothing of a console is; of a folder the newest one',
    examples: [
      'seawall restore seawall-2026-12-01T020000Z.backup --key-file backup.key',
      'seawall restore /backups --key-file backup.key',
      'seawall restore --check last.backup --key-file backup.key',
    ],
    options: [
      keyFile,
      { flags: '--check', summary: 'read the backup whole and print what it holds; restore nothing' },
      { flags: '--as-it-was', summary: 'do not bring it to this version: for going back to the one that made it' },
      db,
      quiet,
    ],
    load: () => import('./restore.ts'),
  },
];
