import { spawn } from 'node:child_process';
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Clock, type Environment, type Log, messageOf, oneLine } from '#base/index.ts';
import { claimBackup, noteBackup, noteBackupSchedule, noteFailedBackup, watchBackups } from '#access/console/index.ts';
import type { Store } from '#store/index.ts';
import { backupName } from './backup.ts';
import type { ConsoleConfig } from './config.ts';
import { runningConsole } from './instance.ts';
import { outdatedBackups, type ScheduledBackups } from './scheduled-backups.ts';

/** A backup that takes longer is given up. */
const longest = 6 * 60 * 60_000;

interface Backing {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly config: ConsoleConfig;
  /** Ends what is under way. */
  readonly ended: AbortSignal;
}

/** Gives what a console does each minute: takes a backup when one is due, and tells how backups stand. */
export function backUpWhenDue(backing: Backing): () => Promise<void> {
  const { store, clock, config } = backing;
  let [isNoted, isFirst] = [false, true];
  return async () => {
    if (!isNoted) await noteBackupSchedule(backing, config.backups?.folder ?? null);
    isNoted = true;
    // The program that takes it asks for the console that runs here.
    const isWrittenDown = runningConsole(config.stateFolder)?.pid === process.pid;
    if (config.backups !== undefined && isWrittenDown) {
      const claim = { now: clock(), minuteOfDay: config.backups.at, isFirst };
      isFirst = false;
      if (await claimBackup(store, claim)) await backUp(backing, config.backups);
    }
    await watchBackups(store, clock());
  };
}

async function backUp({ store, clock, log, config, ended }: Backing, backups: ScheduledBackups): Promise<void> {
  const at = clock();
  const file = join(backups.folder, backupName(at));
  try {
    const failure = await inChild(['backup', '--quiet', '--key-file', backups.keyFile, '--out', file], config, ended);
    if (failure !== undefined) throw new Error(failure);
    const { size: bytes } = await stat(file);
    await noteBackup(store, { file, bytes, at });
    log.info({ file, bytes }, 'A backup was taken.');
    for (const name of outdatedBackups(await readdir(backups.folder), backups.keep))
      await rm(join(backups.folder, name));
  } catch (error) {
    if (ended.aborted) return;
    log.error({ error: messageOf(error) }, 'The backup failed.');
    await noteFailedBackup(store, messageOf(error));
  }
}

/** In a process of its own: its work and its memory keep nobody waiting. Gives why it failed. */
async function inChild(
  words: readonly string[],
  config: ConsoleConfig,
  ended: AbortSignal,
): Promise<string | undefined> {
  const env = backupEnvironment(config, process.env);
  const signal = AbortSignal.any([ended, AbortSignal.timeout(longest)]);
  const child = spawn(process.execPath, [process.argv[1] ?? '', ...words], {
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const stop = (): void => void child.kill('SIGKILL');
  signal.addEventListener('abort', stop);
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-4000);
  });
  try {
    const end = await new Promise<number | string>((resolve) => {
      child.once('error', (error) => resolve(messageOf(error)));
      child.once('close', (code, killed) => resolve(code ?? `it was ended by ${killed ?? 'the system'}`));
    });
    if (end === 0) return undefined;
    const last = said.trimEnd().split('\n').at(-1) ?? '';
    return last === '' ? `The backup did not end: ${end}.` : oneLine(last.replace(/^seawall: /, ''), 400);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** What the program of a backup reads of the console's environment: the same database, reached in the same way. */
export function backupEnvironment(
  { store, stateFolder, masterKeyFile }: Pick<ConsoleConfig, 'store' | 'stateFolder' | 'masterKeyFile'>,
  env: Environment,
): Environment {
  const reaching = /^(?:PATH|HOME|PG[A-Z]+|NODE_EXTRA_CA_CERTS)$/;
  return {
    ...Object.fromEntries(Object.entries(env).filter(([name]) => reaching.test(name))),
    SEAWALL_STATE: stateFolder,
    SEAWALL_KEY_FILE: masterKeyFile,
    ...(store.kind === 'url' && { SEAWALL_DATABASE_URL: store.url }),
  };
}
