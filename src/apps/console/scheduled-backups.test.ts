import { expect, test } from 'vitest';
import { backupName } from './backup.ts';
import { backupsOf, newestBackup, outdatedBackups } from './scheduled-backups.ts';

const daysBefore = (days: number, hour = 2): string =>
  backupName(new Date(Date.parse('2026-12-01T00:00:00Z') - days * 86_400_000 + hour * 3_600_000));

test('keeps the newest of each of the last days and weeks, and whatever is not its own', () => {
  const names = Array.from({ length: 60 }, (_, days) => daysBefore(days));
  const others = ['notes.txt', 'before-upgrade.backup', 'seawall-2020-01-01T000000Z.backup.old'];
  const gone = outdatedBackups([...names, daysBefore(0, 1), ...others], { daily: 7, weekly: 4 });
  const kept = names.filter((name) => !gone.includes(name));
  // 2026-12-01 is a Tuesday: the newest of each week are those of Sundays, 2, 9 and 16 days before.
  expect(kept).toEqual([0, 1, 2, 3, 4, 5, 6, 9, 16].map((days) => daysBefore(days)));
  expect(gone).toContain(daysBefore(0, 1));
});

test('removes nothing only because no new one came', () => {
  const names = [100, 200, 300].map((days) => daysBefore(days));
  expect(outdatedBackups(names, { daily: 3, weekly: 0 })).toEqual([]);
  expect(outdatedBackups(names, { daily: 1, weekly: 0 })).toEqual([daysBefore(200), daysBefore(300)]);
});

test('the newest is the one with the latest time in its name', () => {
  expect(newestBackup([daysBefore(2), daysBefore(0), daysBefore(1), 'zebra.backup'])).toBe(daysBefore(0));
  expect(newestBackup(['night.backup'])).toBeUndefined();
});

test('is read from variables, and says which one is wrong', () => {
  expect(backupsOf({})).toEqual({});
  const env = { SEAWALL_BACKUP_DIR: '/b', SEAWALL_BACKUP_KEY_FILE: '/k' };
  expect(backupsOf(env)).toEqual({
    backups: { folder: '/b', keyFile: '/k', at: 120, keep: { daily: 7, weekly: 4 } },
  });
  expect(backupsOf({ ...env, SEAWALL_BACKUP_AT: '23:59', SEAWALL_BACKUP_KEEP: '1,0' })).toMatchObject({
    backups: { at: 1439, keep: { daily: 1, weekly: 0 } },
  });
  for (const wrong of [
    { SEAWALL_BACKUP_KEY_FILE: '' },
    { SEAWALL_BACKUP_AT: '24:00' },
    { SEAWALL_BACKUP_AT: '2:00' },
    { SEAWALL_BACKUP_KEEP: '0,4' },
    { SEAWALL_BACKUP_KEEP: '7' },
  ])
    expect(() => backupsOf({ ...env, ...wrong })).toThrow(Object.keys(wrong)[0]);
});
