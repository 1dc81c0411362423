import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { AppError, isAppError } from '#base/index.ts';
import {
  allowOlder,
  type DatabaseInfo,
  isOlder,
  openDatabase,
  readDatabaseInfo,
  readTrustedKeys,
} from '#vulnerability/index.ts';
import { type CommandCall, type ExitCode, text } from '../command.ts';
import { databasePath, keyFolder } from '../scan/database-here.ts';

/**
 * `seawall db import FILE`: check a database that was built elsewhere and put it in use, whole or not at all. One that is
 * older than the one in use is taken only when a person wants it.
 */
export async function run(request: CommandCall): Promise<ExitCode> {
  const {
    arguments: [file = ''],
    options,
    env,
    terminal,
  } = request;
  const key = text(options['dbKey']);
  const trustedKeys = readTrustedKeys({ folder: keyFolder(env), files: key === undefined ? [] : [key] });
  const terms = { trustedKeys, allowUnsigned: options['allowUnsignedDb'] === true };
  const place = databasePath({}, env);
  const incoming = `${place}.incoming-${process.pid}`;
  mkdirSync(dirname(place), { recursive: true });
  try {
    if (!existsSync(file)) throw new AppError('database-missing', `There is no file ${file}.`, { next: checkPath });
    openDatabase(file, terms).close();
    copyFileSync(file, incoming);
    const database = openDatabase(incoming, terms);
    const { info } = database;
    database.close();
    const present = infoOf(() => readDatabaseInfo(place, trustedKeys));
    if (present !== undefined && isOlder(info, present)) {
      await askForOlder(request, info, present);
      allowOlder(place, info);
    }
    renameSync(incoming, place);
    terminal.err(`${place}: ${info.advisories} advisories, built ${info.builtAt}\n`);
    return 0;
  } finally {
    rmSync(incoming, { force: true });
  }
}

const checkPath = 'Name the database file that was built elsewhere.';

/** Nothing of a database that is missing, or cannot be read or trusted: whatever comes is better. */
function infoOf(read: () => DatabaseInfo): DatabaseInfo | undefined {
  try {
    return read();
  } catch (error) {
    if (isAppError(error)) return undefined;
    throw error;
  }
}

/** Throws `AppError` `database-older` unless a person wants it, on the command line or asked. */
async function askForOlder(
  { options, terminal }: CommandCall,
  info: DatabaseInfo,
  present: DatabaseInfo,
): Promise<void> {
  if (options['older'] === true) return;
  const reported = `This database was built ${info.builtAt}, the one in use ${present.builtAt}: advisories since then would be forgotten.`;
  if (terminal.ask !== undefined && (await terminal.ask(`${reported} Use it?`))) return;
  throw new AppError('database-older', reported);
}
