import { readFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { AppError } from '#base/index.ts';

/** As whom PostgreSQL runs. It refuses root. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
  /** Whether this differs from who we are, so that files must be handed over. */
  readonly kind: 'own' | 'unprivileged';
}

/** Neither Debian, Red Hat nor systemd give out these numbers (systemd, "Users, Groups, UIDs and GIDs"). */
const first = 60_883;
const last = 61_183;

/**
 * An ordinary user runs PostgreSQL as himself. For root it is a number without a user: nobody else's processes have
 * it, and nothing is written into `/etc/passwd`. Data that exists keeps its owner.
 */
export async function accountFor(dataFolder: string): Promise<Account> {
  const uid = process.getuid?.() ?? 0;
  const gid = process.getgid?.() ?? 0;
  if (uid !== 0) return { uid, gid, kind: 'own' };
  const owner = await stat(dataFolder).catch(() => undefined);
  if (owner !== undefined && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid, kind: 'unprivileged' };
  const free = firstFree(takenNumbers());
  return { uid: free, gid: free, kind: 'unprivileged' };
}

function takenNumbers(): ReadonlySet<number> {
  const lines = ['/etc/passwd', '/etc/group'].flatMap((file) => readFileSync(file, 'utf8').split('\n'));
  return new Set(lines.map((line) => Number(line.split(':')[2])));
}

function firstFree(taken: ReadonlySet<number>): number {
  for (let number = first; number <= last; number++) if (!taken.has(number)) return number;
  throw new AppError('store-unavailable', `No user number between ${first} and ${last} is free for PostgreSQL.`, {
    next: 'Name a running PostgreSQL with SEAWALL_DATABASE_URL.',
  });
}

/** `initdb` looks its own user up by name, so root runs it as this one, in the group of the account. */
export const initializingUid = 65_534;
