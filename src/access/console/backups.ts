import type { Selectable } from 'kysely';
import { oneLine } from '#base/index.ts';
import { type Address, fact, type Queries, type Store, withSession } from '#store/index.ts';
import { type BackupState, backupStateOf, type BackupSummary, isBackupDue } from '../backup-state.ts';
import { type AccessTables, accessSchema } from './schema.ts';

/** How backups stand is another than it was: they failed, are overdue, or are well again. */
export const backupsChanged = fact<{ readonly state: BackupState }>('backups-changed');

const longestReason = 500;

type Row = Selectable<AccessTables['backup']>;

/** How backups stand at a moment. */
export async function readBackups(queries: Queries, now: Date): Promise<BackupSummary> {
  const row = await queries.query(accessSchema).selectFrom('backup').selectAll().executeTakeFirst();
  return summaryOf(row, now);
}

function summaryOf(row: Row | undefined, now: Date): BackupSummary {
  const { folder = null, good_at: goodAt = null, tried_at: triedAt = null, failure = null } = row ?? {};
  const { file = null, bytes = null } = row ?? {};
  return {
    state: backupStateOf({ isScheduled: folder !== null, goodAt, triedAt, failure }, now),
    ...(goodAt !== null && { goodAt }),
    ...(file !== null && { file }),
    ...(bytes !== null && { bytes }),
    ...(failure !== null && triedAt !== null && { failed: { at: triedAt, reason: failure } }),
  };
}

/** Notes at a console's start whether backups are scheduled. */
export async function noteBackupSchedule({ store }: { readonly store: Store }, folder: string | null): Promise<void> {
  await store
    .query(accessSchema)
    .insertInto('backup')
    .values({ ...nothing, folder })
    .onConflict((conflict) => conflict.column('single').doUpdateSet({ folder }))
    .execute();
}

const nothing = {
  folder: null,
  good_at: null,
  file: null,
  bytes: null,
  tried_at: null,
  failure: null,
  announced: null,
};

/** Who asks whether a backup is due. */
export interface BackupClaim {
  readonly now: Date;
  /** When backups are taken, UTC. */
  readonly minuteOfDay: number;
  /** A console that has just started waits for nothing after a failure: somebody may have mended what it was. */
  readonly isFirst: boolean;
}

/** Whether the caller is to take a backup now; of several consoles one is told so. */
export async function claimBackup(store: Store, { now, minuteOfDay, isFirst }: BackupClaim): Promise<boolean> {
  return await store.transaction(async (transaction) => {
    await transaction.lock('access backup');
    const access = transaction.query(accessSchema);
    const row = await access.selectFrom('backup').selectAll().executeTakeFirst();
    const triedAt = isFirst && (row?.failure ?? null) !== null ? null : (row?.tried_at ?? null);
    if (!isBackupDue({ goodAt: row?.good_at ?? null, triedAt }, now, minuteOfDay)) return false;
    await access.updateTable('backup').set({ tried_at: now }).execute();
    return true;
  });
}

/** A backup that was read back whole. */
interface GoodBackup {
  readonly file: string;
  readonly bytes: number;
  readonly at: Date;
}

/** Notes a backup that the console took by itself, unless the program that wrote it did. */
export async function noteBackup(store: Store, { file, bytes, at }: GoodBackup): Promise<void> {
  const row = { good_at: at, file, bytes, tried_at: at, failure: null };
  await store
    .query(accessSchema)
    .insertInto('backup')
    .values({ ...nothing, ...row })
    .onConflict((conflict) => conflict.column('single').doUpdateSet(row).where('backup.file', 'is distinct from', file))
    .execute();
}

/** Notes one that another program took. A store of a version that notes none stays as it is: nothing brings it up to date here. */
export async function noteTakenBackup(address: Address, { file, bytes, at }: GoodBackup): Promise<void> {
  await withSession(address, async (client) => {
    const { rows } = await client.query(`select from pg_catalog.pg_class where oid = to_regclass('access.backup')`);
    if (rows.length === 0) return;
    await client.query(
      `insert into access.backup (good_at, file, bytes, tried_at) values ($1, $2, $3, $1)
       on conflict (single) do update
       set good_at = excluded.good_at, file = excluded.file, bytes = excluded.bytes, tried_at = excluded.tried_at, failure = null`,
      [at, file, bytes],
    );
  });
}

export async function noteFailedBackup(store: Store, reason: string): Promise<void> {
  await store
    .query(accessSchema)
    .updateTable('backup')
    .set({ failure: oneLine(reason, longestReason) })
    .execute();
}

/** Announces how backups stand when that is another than before; call it each minute. */
export async function watchBackups(store: Store, now: Date): Promise<void> {
  await store.transaction(async (transaction) => {
    await transaction.lock('access backup');
    const access = transaction.query(accessSchema);
    const row = await access.selectFrom('backup').selectAll().executeTakeFirst();
    const { state, failed } = summaryOf(row, now);
    const announced = failed === undefined ? state : `${state} ${failed.reason}`;
    if (row === undefined || row.announced === announced) return;
    await access.updateTable('backup').set({ announced }).execute();
    await transaction.announce(backupsChanged, { state });
  });
}
