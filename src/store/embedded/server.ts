import type { ChildProcess } from 'node:child_process';
import { mkdir, readFile, realpath, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { AppError, isAppError, type Log, messageOf } from '#base/index.ts';
import type { Address } from '../database.ts';
import { type Account, accountFor } from './account.ts';
import { installBinaries } from './binaries.ts';
import { dataFolderOf, type Folders, makeFolders } from './folders.ts';
import { type Durability, initialize } from './initialize.ts';
import { takeOwnerLock } from './owner-lock.ts';
import { hasEnded, spawnPostmaster, stopOrphan, stopPostmaster } from './postmaster.ts';

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
}

interface Launch {
  readonly server: string;
  readonly folders: Folders;
  readonly account: Account;
  readonly durability: Durability;
  readonly log: Log;
}

const address = { user: 'seawall', database: 'seawall' } as const;
const tries = 20;

/**
 * Starts PostgreSQL on a unix socket, with its data below the folder, made when there is none. What a killed console
 * left running is stopped first. Throws `AppError`: `already-running` when a living program holds the folder,
 * `store-unavailable` when the server does not start.
 */
export async function startEmbedded({ folder, durability, log }: EmbeddedOptions): Promise<EmbeddedServer> {
  await mkdir(folder, { recursive: true });
  const home = await realpath(folder);
  const account = await accountFor(dataFolderOf(home));
  const folders = await makeFolders(home, account);
  const lock = takeOwnerLock(join(folders.root, 'owner.lock'));
  if (lock === undefined) throw new AppError('already-running', `A program of this user already works in ${folder}.`);
  try {
    const server = await installBinaries(folders.root);
    if ((await stopOrphan(folders.data)) === 'stopped')
      log.warn({}, 'Stopped the PostgreSQL of a console that was killed.');
    await initialize(server, folders, { account, durability });
    return await supervise({ server, folders, account, durability, log }, () => lock.release());
  } catch (error) {
    lock.release();
    throw isAppError(error) ? error : startFailure(messageOf(error), folders, error);
  }
}

async function supervise(launch: Launch, stopped: () => void): Promise<EmbeddedServer> {
  let ending = false;
  let stopping: Promise<void> | undefined;
  let child = await launchUntilReady(launch, () => ending);

  function guard(current: ChildProcess): void {
    if (hasEnded(current)) void again();
    else current.once('exit', () => void again());
  }
  async function again(): Promise<void> {
    for (let wait = 0; !ending; wait = Math.min(wait * 2 + 500, 30_000)) {
      await pause(wait);
      if (ending) return;
      launch.log.error({}, 'PostgreSQL ended by itself and is started again.');
      try {
        child = await launchUntilReady(launch, () => ending);
        return guard(child);
      } catch (error) {
        launch.log.error({ error: messageOf(error) }, 'PostgreSQL does not start.');
      }
    }
  }

  guard(child);
  return {
    address: { host: launch.folders.socket, ...address },
    pid: () => child.pid,
    stop: () => {
      ending = true;
      stopping ??= stopPostmaster(child)
        .then(() => rmdir(launch.folders.socket).catch(() => undefined))
        .then(stopped);
      return stopping;
    },
  };
}

/** A server killed a moment ago may still hold its shared memory: such starts fail at once and are tried again. */
async function launchUntilReady(launch: Launch, ending: () => boolean): Promise<ChildProcess> {
  for (let attempt = 1; ; attempt++) {
    const child = await spawnPostmaster(launch.server, launch.folders, launch);
    const state = await answers(child, launch.folders.socket);
    if (ending()) await stopPostmaster(child);
    if (state === 'ready') return child;
    if (attempt === tries || ending()) throw startFailure(await lastLine(launch.folders.log), launch.folders);
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

function startFailure(reason: string, { log }: Folders, cause?: unknown): AppError {
  return new AppError('store-unavailable', `PostgreSQL does not start: ${reason} (log: ${log})`, { cause });
}
