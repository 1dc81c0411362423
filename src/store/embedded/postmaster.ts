import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync, closeSync } from 'node:fs';
import { readdir, readFile, readlink, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Account } from './account.ts';
import type { Programs } from './binaries.ts';
import type { Folders } from './folders.ts';
import type { Durability } from './initialize.ts';

const logLimit = 8 * 1024 * 1024;
const settings = [
  'listen_addresses=',
  'unix_socket_permissions=0700',
  'max_connections=60',
  'shared_buffers=128MB',
  'max_wal_size=256MB',
  'min_wal_size=32MB',
  'wal_level=minimal',
  'max_wal_senders=0',
  'jit=off',
  'timezone=UTC',
  'log_timezone=UTC',
  'log_min_messages=warning',
] as const;
/** Survives killed processes, not a power cut. */
const hasty = ['fsync=off', 'full_page_writes=off', 'shared_buffers=32MB'] as const;

/** In a container `/dev/shm` holds 64 MB unless somebody asks for more, which queries with several workers exceed. */
const contained = ['dynamic_shared_memory_type=sysv'] as const;

/** Starts the server in a session of its own, so that Ctrl-C in a terminal reaches only us. */
export async function spawnPostmaster(
  { folder, source }: Programs,
  folders: Folders,
  { account, durability }: { readonly account: Account; readonly durability: Durability },
): Promise<ChildProcess> {
  if (((await stat(folders.log).catch(() => undefined))?.size ?? 0) > logLimit) {
    await rename(folders.log, `${folders.log}.old`);
  }
  const log = openSync(folders.log, 'a', 0o600);
  const all = [
    ...settings,
    ...(source === 'system' ? contained : []),
    ...(durability === 'none' ? hasty : []),
    `unix_socket_directories=${folders.socket}`,
  ];
  const identity = account.kind === 'own' ? {} : { uid: account.uid, gid: account.gid };
  const child = spawn(join(folder, 'bin/postgres'), ['-D', folders.data, ...all.flatMap((one) => ['-c', one])], {
    ...identity,
    cwd: '/',
    detached: true,
    stdio: ['ignore', log, log],
    env: { LC_ALL: 'C', PATH: '/usr/bin:/bin' },
  });
  closeSync(log);
  child.unref();
  child.on('error', () => undefined);
  return child;
}

/** Ends our own server: sessions are cut off, what was committed is written out (PostgreSQL, "fast shutdown"). */
export async function stopPostmaster(child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return;
  const ended = once(child, 'exit');
  child.kill('SIGINT');
  const slow = new AbortController();
  await Promise.race([ended, pause(20_000, undefined, { signal: slow.signal }).catch(() => undefined)]);
  slow.abort();
  if (!hasEnded(child)) child.kill('SIGQUIT');
  await ended;
}

export function hasEnded(child: ChildProcess): boolean {
  return child.pid === undefined || child.exitCode !== null || child.signalCode !== null;
}

/**
 * Ends the server that a killed console left behind. Only a process that runs a `postgres` in this very data folder is
 * touched; when the number in the pid file belongs to something else, the file alone is removed. The caller holds the lock.
 */
export async function stopOrphan(data: string): Promise<'none' | 'stopped'> {
  const file = join(data, 'postmaster.pid');
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return 'none';
  const pid = Number(text.split('\n')[0]);
  if (!Number.isSafeInteger(pid) || pid <= 1 || !(await isPostmasterOf(pid, data))) {
    await rm(file, { force: true });
    return 'none';
  }
  process.kill(pid, 'SIGINT');
  for (let waited = 0; await isPostmasterOf(pid, data); waited += 20) {
    if (waited === 20_000) process.kill(pid, 'SIGQUIT');
    await pause(20);
  }
  return 'stopped';
}

/**
 * Removes the socket of a server that was killed, with its lock. PostgreSQL keeps to that lock while any process of its user
 * has the number in it, and after the kill of a container another one soon has. The caller holds the lock of the owner, and
 * no server of its own runs.
 */
export async function removeSocket(folder: string): Promise<void> {
  const names = await readdir(folder);
  await Promise.all(names.filter((name) => name.startsWith('.s.PGSQL.')).map((name) => rm(join(folder, name))));
}

/** A zombie has no executable any more and counts as ended. */
async function isPostmasterOf(pid: number, data: string): Promise<boolean> {
  const executable = await readlink(`/proc/${pid}/exe`).catch(() => '');
  const folder = await readlink(`/proc/${pid}/cwd`).catch(() => '');
  return /\/bin\/postgres(?: \(deleted\))?$/.test(executable) && folder === data;
}
