import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { AppError, type Environment, isAppError, stateFolder } from '#base/index.ts';
import type { DigestKeeping } from '#image/index.ts';
import { openDatabase, readTrustedKeys } from '#vulnerability/index.ts';
import { type OptionValue, text } from '../command.ts';
import { isOwn } from '../own-folder.ts';
import type { DatabaseHere } from './judge-here.ts';

type Options = Readonly<Record<string, OptionValue>>;

/** The database file in use: `--db`, `SEAWALL_DB`, else the one in this user's state folder. */
export function databasePath(options: Options, environment: Environment): string {
  return (
    text(options['db']) ?? environment['SEAWALL_DB'] ?? join(stateFolder(environment, userId()), 'vulnerability.db')
  );
}

/**
 * Opens the database. A missing file is an answer of its own, so that a scan without a database ends as
 * "cannot judge" and still lists the packages; a damaged or untrusted file throws.
 */
export function databaseHere(options: Options, environment: Environment, keeping?: DigestKeeping): DatabaseHere {
  const path = databasePath(options, environment);
  try {
    const trustedKeys = readTrustedKeys({
      folder: keyFolder(environment),
      files: [text(options['dbKey'])].filter((file) => file !== undefined),
    });
    return {
      state: 'ready',
      open: openDatabase(path, { trustedKeys, allowUnsigned: options['allowUnsignedDb'] === true, keeping }),
    };
  } catch (error) {
    if (isAppError(error) && error.code === 'database-missing')
      return { state: 'missing', reason: `${error.message} ${error.next}` };
    throw error;
  }
}

/**
 * Keys of this user: one to sign with, those of others that are trusted. Throws where nobody named the folder and somebody
 * else may write to it, as below `/tmp` without a home.
 */
export function keyFolder(environment: Environment): string {
  const state = stateFolder(environment, userId());
  const folder = join(state, 'keys');
  if (environment['SEAWALL_STATE'] === undefined && existsSync(folder) && !isOwn(folder, userId()))
    throw new AppError('usage', `Somebody else may write to ${folder}, which says whose databases are trusted.`, {
      next: 'Name a folder that you trust with SEAWALL_STATE.',
    });
  return folder;
}

/** uid of this process; -1 where the system has none. */
export function userId(): number {
  return process.getuid?.() ?? -1;
}
