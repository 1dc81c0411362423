import { createHash } from 'node:crypto';
import { AppError } from '#base/index.ts';
import { networkOf } from '#http/console/index.ts';
import type { Queries, Transaction } from '#store/index.ts';
import { forgottenAfter, type Level, levelAt, raised, type Scale, waitAfter } from './delay.ts';
import type { Dependencies } from './dependencies.ts';
import type { Turn } from './password-queue.ts';
import { accessSchema } from './schema.ts';

/** What must not wait for a password to be looked at. */
interface Gate {
  readonly scale: Exclude<Scale, 'account'>;
  readonly source: string;
}

/** Somebody who tries a password. */
export interface Attempt {
  readonly gates: readonly Gate[];
  /** Where they wait in the queue of passwords. */
  readonly turn: Turn;
  /** Account that is tried, whether it exists or not. */
  readonly account: string;
}

/** A browser that signed in as this user before. */
interface KnownBrowser {
  readonly browser: string;
  readonly user: string;
}

/**
 * Who tries a name: by the browser, where it signed in as that user before, else by the network. All browsers of a user share
 * the user's places in the queue, so that nobody takes more of them by more browsers.
 */
export function attemptOf(at: { readonly ip: string; readonly name: string; readonly known?: KnownBrowser }): Attempt {
  const account = accountOf(at.name);
  if (at.known !== undefined) {
    const { browser, user } = at.known;
    return { gates: [{ scale: 'browser', source: `browser:${browser}` }], turn: turnOf(user), account };
  }
  const { own, around } = networkOf(at.ip);
  const gates: readonly Gate[] = [
    { scale: 'network', source: `network:${own}` },
    ...(around === own ? [] : [{ scale: 'around' as const, source: `around:${around}` }]),
  ];
  return { gates, turn: { line: 'unknown', lane: `network:${around}` }, account };
}

/** A user who changes a password: by the session, so that nobody else can make the user wait. */
export function attemptOfSession(
  session: string,
  { id, name }: { readonly id: string; readonly name: string },
): Attempt {
  const source = `session:${session}`;
  return { gates: [{ scale: 'session', source }], turn: turnOf(id), account: accountOf(name) };
}

function turnOf(user: string): Turn {
  return { line: 'known', lane: `user:${user}` };
}

/** Some of many names in one, so that the store tells of none, and holds at most so many. */
function accountOf(name: string): string {
  return `account:${createHash('sha256').update(name).digest('hex').slice(0, 4)}`;
}

type Stored = Level & { readonly source: string; readonly until: Date };

/** Throws `AppError` `too-many-requests` where the next password is not looked at yet. It counts nothing. */
export async function checkWait({ store, clock }: Dependencies, { gates }: Attempt): Promise<void> {
  const sources = gates.map(({ source }) => source);
  const rows = await store
    .query(accessSchema)
    .selectFrom('sign_in_delay')
    .selectAll()
    .where('source', 'in', sources)
    .execute();
  refuseEarly(rows, clock());
}

/** A password that is looked at now. */
export interface Counted {
  /** Wrong ones of the same network, browser or session that still count, with this one. */
  readonly failures: number;
  /** Takes it back: the password was right. */
  wasRight(): Promise<void>;
}

/**
 * Counts a password as wrong before it is looked at, for all consoles together, so that many at once gain nothing. Throws
 * `AppError` `too-many-requests` where it is too early.
 */
export async function countAttempt({ store, clock }: Dependencies, attempt: Attempt): Promise<Counted> {
  const now = clock();
  const raises = await store.transaction(async (transaction) => {
    const rows = await lockRows(transaction, attempt, now);
    refuseEarly(
      rows.filter(({ source }) => source !== attempt.account),
      now,
    );
    return await raise(transaction, { attempt, rows, now });
  });
  const [first] = raises;
  return {
    failures: Math.ceil(first?.level ?? 1),
    wasRight: async () => {
      for (const one of raises) await takeBack(store, one, now);
    },
  };
}

interface Raise {
  readonly source: string;
  readonly level: number;
  /** When the wait ends that it brought. */
  readonly ends: Date;
}

/** A wait that another password brought meanwhile stays. */
async function takeBack(store: Queries, { source, ends }: Raise, now: Date): Promise<void> {
  await store
    .query(accessSchema)
    .updateTable('sign_in_delay')
    .set(({ eb, fn, val, ref }) => ({
      level: fn('greatest', [val(0), eb('level', '-', 1)]),
      until: eb.case().when('until', '=', ends).then(now).else(ref('until')).end(),
    }))
    .where('source', '=', source)
    .execute();
}

/** In the order of their names, so that no two attempts wait for each other in a ring. */
async function lockRows(transaction: Transaction, { gates, account }: Attempt, now: Date): Promise<readonly Stored[]> {
  const sources = [...gates.map(({ source }) => source), account].toSorted();
  const access = transaction.query(accessSchema);
  await access
    .insertInto('sign_in_delay')
    .values(sources.map((source) => ({ source, level: 0, at: now, until: now })))
    .onConflict((conflict) => conflict.column('source').doNothing())
    .execute();
  return await access
    .selectFrom('sign_in_delay')
    .selectAll()
    .where('source', 'in', sources)
    .orderBy('source')
    .forUpdate()
    .execute();
}

async function raise(
  transaction: Transaction,
  { attempt, rows, now }: { readonly attempt: Attempt; readonly rows: readonly Stored[]; readonly now: Date },
): Promise<readonly Raise[]> {
  const before = (source: string): Level => rows.find((row) => row.source === source) ?? { level: 0, at: now };
  const ofAccount = levelAt(before(attempt.account), now);
  const raises = attempt.gates.map(({ scale, source }) => {
    const level = raised(before(source), now, scale);
    return { source, level, ends: new Date(now.getTime() + waitAfter(scale, level, ofAccount) * 1000) };
  });
  const account = { source: attempt.account, level: raised(before(attempt.account), now, 'account'), ends: now };
  for (const { source, level, ends } of [...raises, account])
    await transaction
      .query(accessSchema)
      .updateTable('sign_in_delay')
      .set({ level, at: now, until: ends })
      .where('source', '=', source)
      .execute();
  return [...raises, account];
}

function refuseEarly(rows: readonly Stored[], now: Date): void {
  const wait = Math.max(0, ...rows.map(({ until }) => until.getTime() - now.getTime()));
  if (wait === 0) return;
  const seconds = Math.ceil(wait / 1000);
  throw new AppError('too-many-requests', `Too many wrong passwords: the next one is checked in ${seconds} s.`, {
    next: 'Wait that long, then try again. A sign-in link works at once.',
    retryAfter: seconds,
  });
}

/** Forgets a part of what no longer counts: there are never more than the passwords that can be hashed in that time. */
export async function forgetOld(queries: Queries, now: Date): Promise<void> {
  const access = queries.query(accessSchema);
  const old = access
    .selectFrom('sign_in_delay')
    .select('source')
    .where('at', '<=', new Date(now.getTime() - forgottenAfter))
    .orderBy('at')
    .limit(100);
  await access.deleteFrom('sign_in_delay').where('source', 'in', old).execute();
}
