import { resolve } from 'node:path';
import { AppError, type Environment } from '#base/index.ts';

/** When the console backs itself up, where to, and how many it keeps. */
export interface ScheduledBackups {
  readonly folder: string;
  readonly keyFile: string;
  /** Minute of the day, UTC. */
  readonly at: number;
  readonly keep: { readonly daily: number; readonly weekly: number };
}

const usualAt = '02:00';
const usualKeep = '7,4';

/** Throws `AppError` `usage` naming the setting that is wrong. */
export function backupsOf(env: Environment): { readonly backups?: ScheduledBackups } {
  const [folder = '', keyFile = ''] = [env['SEAWALL_BACKUP_DIR'], env['SEAWALL_BACKUP_KEY_FILE']];
  if (folder === '') return {};
  if (keyFile === '')
    throw new AppError('usage', 'SEAWALL_BACKUP_DIR is set, and SEAWALL_BACKUP_KEY_FILE is not.', {
      next: 'Make a key with `(umask 077; openssl rand -base64 32 > backup.key)`, name it, and keep a copy elsewhere.',
    });
  return {
    backups: {
      folder: resolve(folder),
      keyFile: resolve(keyFile),
      at: minuteOf(env['SEAWALL_BACKUP_AT'] || usualAt),
      keep: keepOf(env['SEAWALL_BACKUP_KEEP'] || usualKeep),
    },
  };
}

function minuteOf(named: string): number {
  const [, hours, minutes] = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(named) ?? [];
  if (hours !== undefined) return Number(hours) * 60 + Number(minutes);
  throw new AppError('usage', `SEAWALL_BACKUP_AT ${named} is no time of day.`, {
    next: 'Give a time in UTC like 02:00.',
  });
}

function keepOf(named: string): ScheduledBackups['keep'] {
  const [, daily, weekly] = /^([1-9]\d{0,2}),(\d{1,3})$/.exec(named) ?? [];
  if (daily !== undefined) return { daily: Number(daily), weekly: Number(weekly) };
  throw new AppError('usage', `SEAWALL_BACKUP_KEEP ${named} is not how many daily and weekly backups to keep.`, {
    next: 'Give two numbers like 7,4, at least one of them daily.',
  });
}

const name = /^seawall-(\d{4}-\d{2}-\d{2})T(\d{2})(\d{2})(\d{2})Z\.backup$/;
const week = 7 * 24 * 60 * 60_000;
/** A Monday: weeks begin with one. */
const monday = Date.UTC(1970, 0, 5);

/**
 * Which of these files retention removes: of the newest days and weeks that have backups the newest one of each is kept. Days
 * without any do not count, so that nothing goes only because no new one came. What has another name is nobody's business.
 */
export function outdatedBackups(
  names: readonly string[],
  { daily, weekly }: ScheduledBackups['keep'],
): readonly string[] {
  const own = names
    .filter((one) => name.test(one))
    .toSorted()
    .toReversed();
  const days = newestOf(own, (one) => dayOf(one)).slice(0, daily);
  const weeks = newestOf(own, (one) => String(Math.floor((Date.parse(dayOf(one)) - monday) / week))).slice(0, weekly);
  return own.filter((one) => !days.includes(one) && !weeks.includes(one));
}

/** The newest of these files that the console named. */
export function newestBackup(names: readonly string[]): string | undefined {
  return names
    .filter((one) => name.test(one))
    .toSorted()
    .at(-1);
}

function dayOf(file: string): string {
  return name.exec(file)?.[1] ?? '';
}

/** The first of each group, in order. */
function newestOf(files: readonly string[], groupOf: (file: string) => string): readonly string[] {
  return [...Map.groupBy(files, groupOf).values()].flatMap(([first]) => (first === undefined ? [] : [first]));
}
