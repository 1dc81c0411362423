import { readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ownProgram } from '#access/contract.ts';
import { AppError, counted, stateFolder } from '#base/index.ts';
import type { BackupContent } from '#store/index.ts';
import { backupName, isMisnamed } from '../../console/backup.ts';
import { isInContainer } from '../../console/in-container.ts';
import { runsFrom } from '../../console/own-program.ts';
import { checkBackup, restore } from '../../console/restore.ts';
import { newestBackup } from '../../console/scheduled-backups.ts';
import { checkoutFolder } from '../checkout.ts';
import type { CommandCall, ExitCode } from '../command.ts';
import { bar, progressLine } from '../progress.ts';
import { databasePath, userId } from '../scan/database-here.ts';
import { keyFileOf, sizeOf } from './backup.ts';

const longestList = 12;

/** `seawall restore FILE`: brings a backup back where nothing is, or only says what it holds. */
export async function run({ arguments: [named], options, env, terminal }: CommandCall): Promise<ExitCode> {
  if (named === undefined) throw new AppError('usage', 'The backup is missing.', { next: 'Name its file.' });
  const [file, keyFile] = [fileOf(resolve(named)), keyFileOf(options, env)];
  if (options['check'] === true) {
    const content = await checkBackup({ file, keyFile });
    terminal.out(contentText(content));
    warnOfName(file, content, terminal);
    return 0;
  }
  const line = progressLine(terminal);
  try {
    const content = await restore({
      stateFolder: stateFolder(env, userId()),
      env,
      file,
      keyFile,
      vulnerabilityDatabase: databasePath(options, env),
      form: options['asItWas'] === true ? 'then' : 'now',
      progress: (done, { end }) => line.show(`${bar(done / Math.max(1, end.tables))} ${done} of ${end.tables} tables`),
    });
    line.end();
    terminal.err(options['asItWas'] === true ? wordsOfThen(content) : wordsOf(content, programOf(env)));
    warnOfName(file, content, terminal);
  } finally {
    line.end();
  }
  return 0;
}

function warnOfName(file: string, { header: { takenAt } }: BackupContent, { err }: CommandCall['terminal']): void {
  if (!isMisnamed(file, takenAt)) return;
  err(
    `The name of ${file} is of another moment: it holds ${takenAt}. Somebody may have put an old backup in the place of a newer one.\n`,
  );
}

/** A folder stands for the newest backup in it. */
function fileOf(named: string): string {
  if (statSync(named, { throwIfNoEntry: false })?.isDirectory() !== true) return named;
  const newest = newestBackup(readdirSync(named));
  if (newest !== undefined) return join(named, newest);
  throw new AppError('file-unreadable', `No file in ${named} has a name like ${backupName(new Date())}.`, {
    next: 'Name the file of the backup.',
  });
}

function contentText({ header, end, keys, tables, hasVulnerabilityDatabase }: BackupContent): string {
  const rows = tables
    .slice(0, longestList)
    .map(({ name, rows: count, bytes }) => `  ${name}: ${counted(count, 'row')}, ${sizeOf(bytes)}\n`);
  const more = tables.length > longestList ? `  ${tables.length - longestList} other tables with rows\n` : '';
  return [
    `Whole. Taken ${header.takenAt} by Seawall ${header.seawall} from PostgreSQL ${header.postgres}.\n`,
    `${counted(end.rows, 'row')} of ${counted(end.tables, 'table')}, ${sizeOf(end.bytes)}:\n`,
    ...rows,
    more,
    `Keys: ${keys.join(', ')}\n`,
    `Vulnerability database: ${hasVulnerabilityDatabase ? 'held' : 'not held; it is built again from the feeds'}\n`,
    `Migrations: ${header.migrations.length}\n`,
  ].join('');
}

/** Some of its commands ask before they act. */
function programOf(env: CommandCall['env']): string {
  const from = runsFrom({ checkout: checkoutFolder(), isContained: isInContainer(env) }, env);
  return ownProgram(from).replace(' exec ', ' exec -it ');
}

function wordsOf({ header, end }: BackupContent, seawall: string): string {
  return [
    `Restored as of ${header.takenAt}: ${counted(end.rows, 'row')}, ${counted(end.keys, 'key')}.`,
    'Next:',
    `  1. Start the console. Sign in by password, or with the link of \`${seawall} console --sign-in-link\`.`,
    '  2. API tokens and join tokens are held: what was revoked since then is in their lists again.',
    `     Revoke what must not work, then confirm the rest on the page Access, or with \`${seawall} token --confirm\`.`,
    '  3. Disable or revoke again the users, agents and clusters that were since then, and confirm that on the page Access.',
    `  4. Two minutes later: \`${seawall} audit accept-restore --reason "…"\`.`,
    '',
  ].join('\n');
}

function wordsOfThen({ header }: BackupContent): string {
  return `Restored as it was at ${header.takenAt}, for Seawall ${header.seawall}.\nThat version holds no tokens: what was revoked since then opens again, until you revoke it once more.\n`;
}
