import { type Selectable, sql } from 'kysely';
import { AppError, type SubjectId } from '#base/index.ts';
import type { Queries, Transaction } from '#store/index.ts';
import type { Pull } from '../../contract.ts';
import { limits } from '../../limits.ts';
import { type ProvenanceTables, provenanceSchema } from '../schema.ts';

export type PullRow = Selectable<ProvenanceTables['pull']>;

/** An image that is to be pulled. */
export interface PullWish {
  /** Digest of its config, or `REPOSITORY@DIGEST` of a manifest or index. */
  readonly wanted: string;
  /** Digest of its config, where that is known. */
  readonly subject?: SubjectId;
  readonly why: PullRow['why'];
}

const minute = 60_000;
/** Milliseconds after which what was pulled for a difference is pulled again for one. */
const pulledLately = 60 * minute;
/** Time for one try, with some more for the end of it: a console that is gone by then left it undone. */
const claim = (limits.pullFetchSeconds.value + limits.pullScanSeconds.value) * 1000 + 5 * minute;
/** Pauses between tries: 5 minutes, doubled up to a day. */
const pauses = { first: 5 * minute, longest: 24 * 60 * minute };

/**
 * Notes that an image is to be pulled; one that waits or runs already is not asked for twice. `full`: too many wait, and
 * nothing was noted.
 */
export async function notePull(transaction: Transaction, wish: PullWish, now: Date): Promise<'noted' | 'full'> {
  await transaction.lock('provenance-pulls');
  const before = await readPullRow(transaction, wish.wanted);
  if (before !== undefined && !isToAsk(before, wish, now)) return 'noted';
  if (before === undefined && (await countWaiting(transaction)) >= limits.pullsWaiting.value) return 'full';
  const values = {
    why: wish.why,
    state: 'waiting' as const,
    reason: null,
    asked_at: now,
    due_at: now,
    attempts: 0,
    ...(wish.subject === undefined ? {} : { subject: wish.subject }),
  };
  await transaction
    .query(provenanceSchema)
    .insertInto('pull')
    .values({
      wanted: wish.wanted,
      subject: null,
      claimed_until: null,
      started_at: null,
      ended_at: null,
      place: null,
      ...values,
    })
    .onConflict((on) => on.column('wanted').doUpdateSet(values))
    .execute();
  return 'noted';
}

/** A person gets a new try whenever none is under way; others only where the last one is long ago. */
function isToAsk({ state, ended_at: endedAt }: PullRow, { why }: PullWish, now: Date): boolean {
  switch (state) {
    case 'running':
      return false;
    case 'waiting':
      return why === 'asked';
    case 'failed':
      return why === 'asked';
    case 'done':
      return why === 'asked' || (why === 'differing' && now.getTime() - (endedAt?.getTime() ?? 0) > pulledLately);
  }
}

async function countWaiting(queries: Queries): Promise<number> {
  const { count } = await queries
    .query(provenanceSchema)
    .selectFrom('pull')
    .select(({ fn }) => fn.countAll<string>().as('count'))
    .where('due_at', 'is not', null)
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** Takes the pull that is due longest for this console alone; one whose console is gone is due again. */
export async function claimPull(transaction: Transaction, now: Date): Promise<PullRow | undefined> {
  const { rows } = await sql<PullRow>`
    update provenance.pull set state = 'running', started_at = ${now}, attempts = attempts + 1,
      claimed_until = ${new Date(now.getTime() + claim)}
    where wanted = (
      select wanted from provenance.pull
      where due_at <= ${now} and (state <> 'running' or claimed_until < ${now})
      order by due_at, wanted limit 1 for update skip locked
    ) returning *`.execute(transaction.query(provenanceSchema));
  return rows[0];
}

/** What became of one try. */
export type PullEnd =
  | { readonly kind: 'done'; readonly subject: SubjectId; readonly place: string }
  /** `later`: with growing pauses. `next-day`: when the day's bytes count anew. `never`: it would end alike. */
  | { readonly kind: 'failed'; readonly reason: string; readonly again: 'later' | 'next-day' | 'never' };

/** Keeps how a try ended, as long as no other console took it over meanwhile. */
export async function endPull(
  transaction: Transaction,
  row: PullRow,
  at: { readonly end: PullEnd; readonly now: Date },
) {
  const { end, now } = at;
  const ended = { claimed_until: null, ended_at: now };
  const values =
    end.kind === 'done'
      ? { ...ended, state: 'done' as const, reason: null, due_at: null, subject: end.subject, place: end.place }
      : { ...ended, state: 'failed' as const, reason: end.reason.slice(0, 2000), due_at: nextTry(row, end.again, now) };
  await transaction
    .query(provenanceSchema)
    .updateTable('pull')
    .set(values)
    .where('wanted', '=', row.wanted)
    .where('started_at', '=', row.started_at)
    .execute();
}

function nextTry({ attempts }: PullRow, again: 'later' | 'next-day' | 'never', now: Date): Date | null {
  switch (again) {
    case 'never':
      return null;
    case 'next-day':
      return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate() + 1));
    case 'later':
      return new Date(now.getTime() + Math.min(pauses.longest, pauses.first * 2 ** Math.min(attempts - 1, 20)));
  }
}

/** Counts bytes that are about to be fetched. `full`: the day has no room for them, and nothing was counted. */
export async function countBytes(transaction: Transaction, bytes: number, now: Date): Promise<'counted' | 'full'> {
  await transaction.lock('provenance-pulls');
  const day = now.toISOString().slice(0, 10);
  const database = transaction.query(provenanceSchema);
  const before = await database.selectFrom('pull_day').select('bytes').where('day', '=', day).executeTakeFirst();
  const sum = Number(before?.bytes ?? 0) + bytes;
  if (sum > limits.pullBytesADay.value) return 'full';
  await database.deleteFrom('pull_day').where('day', '<', day).execute();
  await database
    .insertInto('pull_day')
    .values({ day, bytes: sum })
    .onConflict((on) => on.column('day').doUpdateSet({ bytes: sum }))
    .execute();
  return 'counted';
}

async function readPullRow(queries: Queries, wanted: string): Promise<PullRow | undefined> {
  return await queries
    .query(provenanceSchema)
    .selectFrom('pull')
    .selectAll()
    .where('wanted', '=', wanted)
    .executeTakeFirst();
}

/** The pull of an image that was asked for last; `undefined`: none was. */
export async function readPull(queries: Queries, subject: SubjectId): Promise<Pull | undefined> {
  const row = await queries
    .query(provenanceSchema)
    .selectFrom('pull')
    .selectAll()
    .where('subject', '=', subject)
    .orderBy('asked_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row && toPull(row);
}

function toPull({ state, why, reason, asked_at, due_at, ended_at, place }: PullRow): Pull {
  return {
    state,
    why,
    ...(reason === null ? {} : { reason }),
    askedAt: asked_at.toISOString(),
    ...(due_at === null ? {} : { dueAt: due_at.toISOString() }),
    ...(ended_at === null ? {} : { endedAt: ended_at.toISOString() }),
    ...(place === null ? {} : { place }),
  };
}

/** Throws `too-many-requests` where a person asks and too many wait. */
export function checkNoted(noted: 'noted' | 'full'): void {
  if (noted === 'noted') return;
  throw new AppError('too-many-requests', `${limits.pullsWaiting.value} images wait to be pulled already.`, {
    next: 'Ask again when some of them are done.',
  });
}
