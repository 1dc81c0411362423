import { copyFileSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { openDatabase, readTrustedKeys } from '#vulnerability/index.ts';
import { type CommandCall, type ExitCode, text } from '../command.ts';
import { databasePath, keyFolder } from '../scan/database-here.ts';

/** `seawall db import FILE`: check a database that was built elsewhere and put it in use, whole or not at all. */
export async function run({ arguments: [file = ''], options, env, terminal }: CommandCall): Promise<ExitCode> {
  const key = text(options['dbKey']);
  const trustedKeys = readTrustedKeys({ folder: keyFolder(env), files: key === undefined ? [] : [key] });
  const place = databasePath({}, env);
  const incoming = `${place}.incoming-${process.pid}`;
  mkdirSync(dirname(place), { recursive: true });
  try {
    openDatabase(file, { trustedKeys, allowUnsigned: options['allowUnsignedDb'] === true }).close();
    copyFileSync(file, incoming);
    const database = openDatabase(incoming, { trustedKeys, allowUnsigned: options['allowUnsignedDb'] === true });
    const { advisories, builtAt } = database.info;
    database.close();
    renameSync(incoming, place);
    terminal.err(`${place}: ${advisories} advisories, built ${builtAt}\n`);
    return 0;
  } finally {
    rmSync(incoming, { force: true });
  }
}
