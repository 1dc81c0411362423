import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { atEachBeat, beatOf, untilBeat } from './beat.ts';

describe('until the next beat', () => {
  test.each([
    [5000, 0, 5000],
    [5000, 1200, 3800],
    [5000, 12_000, 3000],
    [10_000, 12_000, 8000],
    // A timer that was early: this beat is being worked on.
    [5000, 4999.5, 5000.5],
    [5000, 4981, 5019],
    [5000, 4979, 21],
    // Short ones have little to be early by.
    [50, 44, 6],
    [50, 46, 54],
  ])('of %d ms at %d are %d ms', (pause, now, expected) => {
    expect(untilBeat(pause, now)).toBe(expected);
  });

  test('it is never much longer than the pause, and never nothing', () => {
    for (const pause of [10, 250, 5000, 60_000])
      for (let now = 0; now < 3 * pause; now += pause / 97) {
        expect(untilBeat(pause, now)).toBeGreaterThan(0);
        expect(untilBeat(pause, now)).toBeLessThanOrEqual(pause + Math.min(20, pause / 10));
      }
  });
});

describe('the number of a beat', () => {
  test.each([
    [10_000, 9979, 0],
    [10_000, 9999.6, 1],
    [10_000, 10_300, 1],
    [10_000, 20_000.1, 2],
  ])('of %d ms at %d is %d', (pause, now, expected) => {
    expect(beatOf(pause, now)).toBe(expected);
  });
});

describe('what is done at each beat', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test('falls together, whenever it was begun, and ends', () => {
    const moments: Record<string, number[]> = { five: [], ten: [] };
    const ends = [atEachBeat(5000, () => moments['five']?.push(Math.round(performance.now() / 100)))];
    vi.advanceTimersByTime(1300);
    ends.push(atEachBeat(10_000, () => moments['ten']?.push(Math.round(performance.now() / 100))));
    vi.advanceTimersByTime(30_000);
    expect(moments['five']).toHaveLength(6);
    expect(moments['ten']).toHaveLength(3);
    expect(moments['five']).toEqual(expect.arrayContaining(moments['ten'] ?? []));
    for (const end of ends) end();
    vi.advanceTimersByTime(30_000);
    expect(moments['five']).toHaveLength(6);
    expect(moments['ten']).toHaveLength(3);
  });
});
