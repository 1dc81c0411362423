import { createHash } from 'node:crypto';
import type { SubjectId } from '#base/index.ts';
import type { Host } from '#inventory/contract.ts';
import { readHost } from '#inventory/console/index.ts';
import type { Store, Transaction } from '#store/index.ts';
import type { LiveEvent } from '../contract.ts';
import { placeSubjects } from './presence.ts';
import { forgetSubject, saveSubject } from './save-subject.ts';
import { explorerSchema } from './schema.ts';
import { storable } from './search.ts';
import { readSubjectFacts } from './subject-facts.ts';
import { rowsOf } from './subject-rows.ts';

/** Channel of the store on which consoles tell each other what changed. */
export const liveChannel = 'live';

/**
 * Held by whoever writes, after the lock of its subject or host: sums over subjects, and what hosts add to a subject's
 * row, need each writer to see what the one before it wrote.
 */
const explorerLock = 'explorer tables';

/**
 * Brings the rows of a subject to what the other domains say of it now. It may be called at any time, in any order and
 * any number of times: what is written depends on the current documents alone, and the newest scan wins.
 */
export async function refreshSubject(store: Store, subject: SubjectId): Promise<void> {
  await store.transaction(async (transaction) => {
    await transaction.lock(subject);
    const facts = await readSubjectFacts(transaction, subject);
    const rows = facts === undefined ? undefined : rowsOf(facts);
    await transaction.lock(explorerLock);
    if (rows === undefined) await forgetSubject(transaction, subject);
    else await saveSubject(transaction, rows);
    await tell(transaction, { kind: 'image-changed', subject });
  });
}

/** Brings what is known of a host to its newest report; as free of order as `refreshSubject`. */
export async function refreshHost(store: Store, host: string): Promise<void> {
  await store.transaction(async (transaction) => {
    await transaction.lock(`host ${host}`);
    const report = await readHost(transaction, host);
    await transaction.lock(explorerLock);
    const moved = await saveHost(transaction, host, report);
    await placeSubjects(transaction, moved);
    await tell(transaction, { kind: 'host-changed', host });
    for (const subject of moved) await tell(transaction, { kind: 'image-changed', subject });
  });
}

/** Tells pages that the vulnerability database, or the building of one, changed. */
export async function tellDatabaseChanged(store: Store): Promise<void> {
  await store.transaction(async (transaction) => await tell(transaction, { kind: 'database-changed' }));
}

async function tell(transaction: Transaction, event: LiveEvent): Promise<void> {
  await transaction.notify(liveChannel, event);
}

/** Writes what the host holds and gives the subjects that came, went or are called otherwise. */
async function saveHost(
  transaction: Transaction,
  host: string,
  report: Host | undefined,
): Promise<readonly SubjectId[]> {
  const database = transaction.query(explorerSchema);
  const content = contentOf(report);
  const known = await database.selectFrom('host_row').select('content').where('host', '=', host).executeTakeFirst();
  if (known?.content === content) return [];
  await database.deleteFrom('host_row').where('host', '=', host).execute();
  if (report !== undefined) await database.insertInto('host_row').values({ host, content }).execute();
  await saveUnscanned(transaction, host, report?.unscanned ?? []);
  return await savePresence(transaction, host, report?.present ?? []);
}

function contentOf(report: Host | undefined): string {
  const text = JSON.stringify([report?.present ?? [], report?.unscanned ?? []]);
  return createHash('sha256').update(text).digest('base64url');
}

async function saveUnscanned(transaction: Transaction, host: string, targets: Host['unscanned']): Promise<void> {
  const database = transaction.query(explorerSchema);
  await database.deleteFrom('unscanned_row').where('host', '=', host).execute();
  for (let at = 0; at < targets.length; at += rowsAtOnce) {
    const rows = targets.slice(at, at + rowsAtOnce).map((target, index) => ({
      host,
      place: at + index,
      name: storable(target.name),
      code: target.code,
      reason: storable(target.reason),
    }));
    await database.insertInto('unscanned_row').values(rows).execute();
  }
}

/** Rows of one insert; PostgreSQL takes 65,535 parameters a statement. */
const rowsAtOnce = 5_000;

async function savePresence(
  transaction: Transaction,
  host: string,
  present: Host['present'],
): Promise<readonly SubjectId[]> {
  const database = transaction.query(explorerSchema);
  const known = await database
    .selectFrom('presence_row')
    .select(['subject', 'names'])
    .where('host', '=', host)
    .execute();
  const before = new Map(known.map((row) => [row.subject, JSON.stringify(row.names)]));
  const rows = present.map(({ subject, names }) => ({ host, subject, names: names.map(storable) }));
  const after = new Map(rows.map((row) => [row.subject, JSON.stringify(row.names)]));
  const moved = [...new Set([...before.keys(), ...after.keys()])]
    .filter((subject) => before.get(subject) !== after.get(subject))
    .toSorted();
  await database.deleteFrom('presence_row').where('host', '=', host).execute();
  for (let at = 0; at < rows.length; at += rowsAtOnce) {
    await database
      .insertInto('presence_row')
      .values(rows.slice(at, at + rowsAtOnce))
      .execute();
  }
  return moved;
}
