import { execFile } from 'node:child_process';
import { chown, mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { AppError, messageOf } from '#base/index.ts';
import { type Account, initializingUid } from './account.ts';
import { type Folders, handOver } from './folders.ts';

/** `none` is for tests and the demo: data need not survive a power cut. */
export type Durability = 'safe' | 'none';

const run = promisify(execFile);
const options = [
  '--username=seawall',
  '--auth=trust',
  '--encoding=UTF8',
  '--locale=C',
  '--locale-provider=builtin',
  '--builtin-locale=C.UTF-8',
  '--data-checksums',
  '--no-instructions',
] as const;

/**
 * Makes the data folder unless it exists; whoever is interrupted leaves none. Nobody needs a password: only the account
 * and root can enter the socket's folder, and there is no TCP port.
 */
export async function initialize(
  server: string,
  folders: Folders,
  { account, durability }: { readonly account: Account; readonly durability: Durability },
): Promise<void> {
  if (await stat(folders.data).catch(() => undefined)) return;
  const building = `${folders.data}.new`;
  await rm(building, { recursive: true, force: true });
  await mkdir(building, { mode: 0o700 });
  const identity = account.kind === 'own' ? {} : { uid: initializingUid, gid: account.gid };
  if (identity.uid !== undefined) await chown(building, identity.uid, identity.gid);
  const sync = durability === 'safe' ? [] : ['--no-sync'];
  try {
    await run(join(server, 'bin/initdb'), [...options, ...sync, `--pgdata=${building}`], {
      ...identity,
      cwd: '/',
      env: { LC_ALL: 'C', PATH: '/usr/bin:/bin', ...(await nameFor(account, building)) },
    });
    if (account.kind === 'unprivileged') await handOver(building, account);
    await rename(building, folders.data);
  } catch (cause) {
    await rm(building, { recursive: true, force: true });
    const reason = reasonOf(cause);
    const next = full.test(reason) ? 'Free 200 MB there, or keep the state in another place.' : 'Run `seawall doctor`.';
    throw new AppError('store-unavailable', `PostgreSQL's data folder cannot be made: ${reason}`, { next, cause });
  } finally {
    await rm(nameFile(building), { force: true });
  }
}

/**
 * `initdb` looks its own user up by name, and a container may run under a number that has none. libnss_wrapper answers from
 * this file in place of `/etc/passwd`, as in other images of PostgreSQL.
 */
async function nameFor({ uid, gid, kind }: Account, building: string): Promise<Readonly<Record<string, string>>> {
  if (kind !== 'own' || hasName()) return {};
  const file = nameFile(building);
  await writeFile(file, `seawall:x:${uid}:${gid}::/:/bin/false\n`);
  return { LD_PRELOAD: 'libnss_wrapper.so', NSS_WRAPPER_PASSWD: file, NSS_WRAPPER_GROUP: '/dev/null' };
}

function nameFile(building: string): string {
  return `${building}.passwd`;
}

function hasName(): boolean {
  try {
    return userInfo().username !== '';
  } catch {
    return false;
  }
}

const full = /No space left on device|Disk quota exceeded/;

/**
 * What the program says of a full disk, else its last error, for it goes on to say what it removes. Where it said nothing, why
 * it could not be run.
 */
function reasonOf(cause: unknown): string {
  const { stderr = '' } = cause as { readonly stderr?: string };
  const lines = stderr.trim().split('\n');
  const [first = ''] = messageOf(cause).split('\n');
  const error = lines.find((line) => full.test(line)) ?? lines.findLast((line) => /error:|FATAL:|PANIC:/.test(line));
  return (error ?? lines.at(-1)) || first;
}
