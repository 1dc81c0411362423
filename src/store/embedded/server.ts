import type { ChildProcess } from 'node:child_process';
import { mkdir, readFile, realpath, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { AppError, isAppError, type Log, messageOf } from '#base/index.ts';
import type { Address } from '../database.ts';
import { type Account, accountFor } from './account.ts';
import { findPrograms, type Programs } from './binaries.ts';
import { dataFolderOf, type Folders, majorsIn, makeFolders, refuseOtherMajor, socketFolderOf } from './folders.ts';
import { type Durability, initialize } from './initialize.ts';
import { takeOwnerLock } from './owner-lock.ts';
import { hasEnded, removeSocket, spawnPostmaster, stopOrphan, stopPostmaster } from './postmaster.ts';

/** Our own PostgreSQL. It is started again whenever it dies, until it is stopped. */
export interface EmbeddedServer {
  readonly address: Address;
  /** Of the server now; for tests and `doctor`. */
  pid(): number | undefined;
  stop(): Promise<void>;
}

export interface EmbeddedOptions {
  /** The state folder; PostgreSQL gets `postgres/` in it. Absolute. */
  readonly folder: string;
  readonly durability: Durability;
  readonly log: Log;
  /** Folder of the PostgreSQL whose programs are started, instead of the npm package's. */
  readonly programs?: string;
}

interface Launch {
  readonly server: Programs;
  readonly folders: Folders;
  readonly account: Account;
  readonly durability: Durability;
  readonly log: Log;
}

const address = { user: 'seawall', database: 'seawall' } as const;
const tries = 20;
const longestWait = 30_000;

/**
 * Starts PostgreSQL on a unix socket, with its data below the folder, made when there is none. What a killed console
 * left running is stopped first. Throws `AppError`: `already-running` when a living program holds the folder,
 * `store-unavailable` when the server does not start.
 */
export async function startEmbedded({ folder, durability, log, programs }: EmbeddedOptions): Promise<EmbeddedServer> {
  await mkdir(folder, { recursive: true });
  const home = await realpath(folder);
  const account = await accountFor(dataFolderOf(home, (await majorsIn(home)).at(-1)));
  const made = await makeFolders(home, account);
  const lock = takeOwnerLock(join(made.root, 'owner.lock'));
  if (lock === undefined)
    throw new AppError('already-running', `Another console works with the data in ${folder}; only one at a time can.`, {
      next: 'Stop it, or give this one a folder of its own (SEAWALL_STATE); in a container, a volume of its own.',
    });
  try {
    const server = await findPrograms(made.root, programs);
    await refuseOtherMajor(home, server.major);
    const folders = { ...made, data: dataFolderOf(home, server.major) };
    if ((await stopOrphan(folders.data)) === 'stopped')
      log.warn({}, 'Stopped the PostgreSQL of a console that was killed.');
    await initialize(server.folder, folders, { account, durability });
    return await supervise({ server, folders, account, durability, log }, () => lock.release());
  } catch (error) {
    lock.release();
    throw isAppError(error) ? error : startFailure(messageOf(error), made, error);
  }
}

/** Address of the server that another program of this user keeps running in the folder. */
export async function addressOfRunning(folder: string): Promise<Address> {
  const account = await accountFor(dataFolderOf(folder, (await majorsIn(folder)).at(-1)));
  return { host: socketFolderOf(join(folder, 'postgres'), account), ...address };
}

async function supervise(launch: Launch, stopped: () => void): Promise<EmbeddedServer> {
  const ending = new AbortController();
  const { signal } = ending;
  let child = await launchUntilReady(launch, signal);
  let restart: Promise<void> = Promise.resolve();
  let stopping: Promise<void> | undefined;

  function guard(): void {
    if (hasEnded(child)) restart = again();
    else
      child.once('exit', () => {
        restart = again();
      });
  }
  async function again(): Promise<void> {
    for (let wait = 0; !signal.aborted; wait = Math.min(wait * 2 + 500, longestWait)) {
      await pause(wait, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      launch.log.error({}, 'PostgreSQL ended by itself and is started again.');
      try {
        child = await launchUntilReady(launch, signal);
        return guard();
      } catch (error) {
        launch.log.error({ error: messageOf(error) }, 'PostgreSQL does not start.');
      }
    }
  }
  async function stop(): Promise<void> {
    ending.abort();
    await restart;
    await stopPostmaster(child);
    await rmdir(launch.folders.socket).catch(() => undefined);
    stopped();
  }

  guard();
  return {
    address: { host: launch.folders.socket, ...address },
    pid: () => child.pid,
    stop: () => (stopping ??= stop()),
  };
}

/** A server killed a moment ago may still hold its shared memory: such starts fail at once and are tried again. */
async function launchUntilReady(launch: Launch, ending: AbortSignal): Promise<ChildProcess> {
  for (let attempt = 1; ; attempt++) {
    await removeSocket(launch.folders.socket);
    const child = await spawnPostmaster(launch.server, launch.folders, launch);
    const state = await answers(child, launch.folders.socket);
    if (ending.aborted) await stopPostmaster(child);
    if (state === 'ready') return child;
    if (attempt === tries || ending.aborted) throw startFailure(await lastLine(launch.folders.log), launch.folders);
    await pause(100);
  }
}

/** Crash recovery may take minutes, so only the end of the process says that it failed. */
async function answers(child: ChildProcess, socket: string): Promise<'ready' | 'ended'> {
  while (!hasEnded(child)) {
    const client = new pg.Client({ host: socket, user: address.user, database: 'postgres' });
    client.on('error', () => undefined);
    try {
      await client.connect();
      const { rowCount } = await client.query('select from pg_database where datname = $1', [address.database]);
      if (rowCount === 0) await client.query(`create database ${address.database}`);
      return 'ready';
    } catch {
      await pause(10);
    } finally {
      await client.end().catch(() => undefined);
    }
  }
  return 'ended';
}

async function lastLine(file: string): Promise<string> {
  const lines = (await readFile(file, 'utf8').catch(() => '')).trimEnd().split('\n');
  return lines.findLast((line) => /FATAL|PANIC|error/.test(line)) ?? lines.at(-1) ?? '';
}

function startFailure(reason: string, { log }: Pick<Folders, 'log'>, cause?: unknown): AppError {
  return new AppError('store-unavailable', `PostgreSQL does not start: ${reason} (log: ${log})`, { cause });
}
