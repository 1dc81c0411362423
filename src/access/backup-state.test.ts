import { describe, expect, test } from 'vitest';
import { backupStateOf, isBackupDue } from './backup-state.ts';

const now = new Date('2026-12-02T10:00:00Z');
const at = (hours: number): Date => new Date(now.getTime() - hours * 3_600_000);

describe('how backups stand', () => {
  test.each([
    [{ isScheduled: false, goodAt: null, triedAt: null, failure: null }, 'off'],
    [{ isScheduled: false, goodAt: at(5), triedAt: at(5), failure: null }, 'good'],
    [{ isScheduled: false, goodAt: at(27), triedAt: at(27), failure: null }, 'off'],
    [{ isScheduled: true, goodAt: null, triedAt: null, failure: null }, 'none'],
    // One is being taken.
    [{ isScheduled: true, goodAt: null, triedAt: at(0), failure: null }, 'none'],
    [{ isScheduled: true, goodAt: null, triedAt: at(1), failure: 'full' }, 'failed'],
    [{ isScheduled: true, goodAt: at(25), triedAt: at(1), failure: 'full' }, 'failed'],
    [{ isScheduled: true, goodAt: at(1), triedAt: at(1), failure: 'full' }, 'failed'],
    [{ isScheduled: true, goodAt: at(1), triedAt: at(2), failure: 'full' }, 'good'],
    [{ isScheduled: true, goodAt: at(1), triedAt: at(1), failure: null }, 'good'],
    [{ isScheduled: true, goodAt: at(26), triedAt: at(26), failure: null }, 'good'],
    [{ isScheduled: true, goodAt: at(26.01), triedAt: at(26), failure: null }, 'overdue'],
  ] as const)('%j: %s', (known, state) => {
    expect(backupStateOf(known, now)).toBe(state);
  });

  test.each([
    ['none is there', { goodAt: null, triedAt: null }, true],
    ['the first failed a moment ago', { goodAt: null, triedAt: at(0.5) }, false],
    ['the first failed an hour ago', { goodAt: null, triedAt: at(1) }, true],
    ['the last one is from before two this night', { goodAt: at(8.1), triedAt: at(8.1) }, true],
    ['the last one is from two this night', { goodAt: at(8), triedAt: at(8) }, false],
    ['it was tried since and failed a moment ago', { goodAt: at(30), triedAt: at(0.2) }, false],
    ['it was tried since and failed an hour ago', { goodAt: at(30), triedAt: at(1.1) }, true],
  ] as const)('whether one is due when %s', (_, known, isDue) => {
    expect(isBackupDue(known, now, 2 * 60)).toBe(isDue);
  });

  test('one is due at the time of day, and not before it', () => {
    const goodAt = new Date('2026-12-01T12:00:00Z');
    const dueAt = (minute: number) => isBackupDue({ goodAt, triedAt: goodAt }, now, minute);
    // Another console began at that very minute.
    expect(isBackupDue({ goodAt, triedAt: now }, now, 10 * 60)).toBe(false);
    expect([dueAt(9 * 60 + 59), dueAt(10 * 60), dueAt(10 * 60 + 1)]).toEqual([true, true, false]);
  });
});
