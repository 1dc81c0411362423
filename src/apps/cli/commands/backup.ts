import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { AppError, counted, stateFolder } from '#base/index.ts';
import { backupName, takeBackup } from '../../console/backup.ts';
import { type CommandCall, type ExitCode, type OptionValue, text } from '../command.ts';
import { bar, progressLine } from '../progress.ts';
import { databasePath, userId } from '../scan/database-here.ts';

/** `seawall backup`: all that the console of this machine keeps, in one sealed file. */
export async function run({ options, env, terminal }: CommandCall): Promise<ExitCode> {
  const keyFile = keyFileOf(options, env);
  const file = fileOf(options, env);
  const line = progressLine(terminal);
  const place = { stateFolder: stateFolder(env, userId()), env };
  const vulnerabilityDatabase = options['withVulnerabilityDatabase'] === true ? databasePath(options, env) : undefined;
  try {
    const { end, unnoted } = await takeBackup({
      ...place,
      file,
      keyFile,
      ...(vulnerabilityDatabase !== undefined && { vulnerabilityDatabase }),
      progress: ({ done, of, bytes }) => line.show(`${bar(done / Math.max(1, of))} ${sizeOf(bytes)}`),
    });
    line.end();
    terminal.out(`${file}\n`);
    const what = `${counted(end.rows, 'row')} of ${counted(end.tables, 'table')}, ${counted(end.keys, 'key')}`;
    terminal.err(
      `${what}; ${sizeOf(statSync(file).size)}, read back whole.\nWithout ${keyFile} nobody can open it: keep both, apart from each other.\n`,
    );
    if (unnoted !== undefined) terminal.err(`The console shows the backup before it as the last one: ${unnoted}\n`);
  } finally {
    line.end();
  }
  return 0;
}

/** The key file of `--key-file` or `SEAWALL_BACKUP_KEY_FILE`. Throws `AppError` `usage`. */
export function keyFileOf(options: CommandCall['options'], env: CommandCall['env']): string {
  const named = text(options['keyFile']) ?? env['SEAWALL_BACKUP_KEY_FILE'] ?? '';
  if (named !== '') return resolve(named);
  throw new AppError('usage', 'The key of the backup is missing.', {
    next: 'Make one with `(umask 077; openssl rand -base64 32 > backup.key)` and name it with --key-file.',
  });
}

function fileOf(options: Readonly<Record<string, OptionValue>>, env: CommandCall['env']): string {
  const [out, to] = [text(options['out']), text(options['to'])];
  if (out !== undefined && to !== undefined)
    throw new AppError('usage', '--out names a file and --to a folder: give one of them.');
  if (out !== undefined) return resolve(out);
  const folder = to ?? (env['SEAWALL_BACKUP_DIR'] || '.');
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true)
    throw new AppError('output-unwritable', `${folder} is no folder.`, { next: 'Make it, or name another with --to.' });
  return resolve(join(folder, backupName(new Date())));
}

/** `1.2 MB` */
export function sizeOf(bytes: number): string {
  return bytes < 1e6 ? `${Math.ceil(bytes / 1000)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
