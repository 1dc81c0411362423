/**
 * `off`: none are scheduled, and none was taken lately. `none`: scheduled, and not one is there yet. `overdue`: the last good one
 * is older than a day and two hours.
 */
export type BackupState = 'off' | 'none' | 'failed' | 'overdue' | 'good';

/** How backups stand. */
export interface BackupSummary {
  readonly state: BackupState;
  /** When the last good one was taken, where it is, and how large. */
  readonly goodAt?: Date;
  readonly file?: string;
  readonly bytes?: number;
  /** The attempt after it. */
  readonly failed?: { readonly at: Date; readonly reason: string };
}

/** What is known of backups. */
export interface KnownBackups {
  readonly isScheduled: boolean;
  readonly goodAt: Date | null;
  readonly triedAt: Date | null;
  /** Why the last attempt failed; null: it did not. */
  readonly failure: string | null;
}

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const longestAge = day + 2 * hour;
/** After a failure. */
const retryAfter = hour;

export function backupStateOf({ isScheduled, goodAt, triedAt, failure }: KnownBackups, now: Date): BackupState {
  const isFresh = goodAt !== null && now.getTime() - goodAt.getTime() <= longestAge;
  if (!isScheduled) return isFresh ? 'good' : 'off';
  if (failure !== null && triedAt !== null && (goodAt === null || triedAt >= goodAt)) return 'failed';
  if (goodAt === null) return 'none';
  return isFresh ? 'good' : 'overdue';
}

/**
 * Whether a backup is to be taken: none is there, or none since the time of day (in minutes, UTC) came last. After a failure
 * an hour passes.
 */
export function isBackupDue(
  { goodAt, triedAt }: Pick<KnownBackups, 'goodAt' | 'triedAt'>,
  now: Date,
  minuteOfDay: number,
): boolean {
  const today = Math.floor(now.getTime() / day) * day + minuteOfDay * minute;
  const slot = today <= now.getTime() ? today : today - day;
  if (goodAt !== null && goodAt.getTime() >= slot) return false;
  return (
    triedAt === null || (goodAt !== null && triedAt.getTime() < slot) || now.getTime() - triedAt.getTime() >= retryAfter
  );
}
